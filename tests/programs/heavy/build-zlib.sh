# Build zlib in a copy below /tmp, and run its own tests. What it prints is the same each time.
set -e
rm -rf /tmp/lp.zlib
cp -r "$1" /tmp/lp.zlib
cd /tmp/lp.zlib
./configure --static >/dev/null
make -j2 static >/dev/null 2>&1
make -s teststatic 2>/dev/null
echo 'a text that is repeated, a text that is repeated' >/tmp/lp.text
./minigzip </tmp/lp.text | gzip -dc | cmp - /tmp/lp.text && echo round trip
./minigzip -d <"$2" | sha256sum
cd / && rm -rf /tmp/lp.zlib /tmp/lp.text
