# Everything that changes a directory of the host: run in $SHARE, which --bind shows to Lstar.
cd "${SHARE:?}" || exit 1
echo hello > a; cat a; echo more >> a; cat a; wc -c a
mkdir d; mkdir d/e; echo x > d/e/f; mv a d/b; cat d/b; ln d/b d/hard; ln -s d/b sym; cat sym; readlink sym
stat -c '%n %s %h %a %F' d d/b d/hard sym d/e/f
chmod 4751 d/b
stat -c %a d/b
truncate -s 3 d/b
cat d/b
echo
truncate -s 10000 d/b
tail -c 5 d/b | od -c
stat -c %s d/b
touch -d '2001-02-03 04:05:06.789 UTC' d/b; stat -c %y d/b
chown 1:2 d/b; stat -c '%u %g' d/b
rmdir d 2>&1; rm -r d/e; ls -A d; mv d/b d/hard; ls d; mv -T d q; ls
dd if=/dev/zero of=big bs=64k count=50 2>/dev/null
stat -c %s big
printf abc | dd of=big bs=1 seek=100000 conv=notrunc 2>/dev/null
cksum big
cp big big2; cmp big big2 && echo same; sed -i s/x/y/ q/hard 2>&1; ls -A q
mv big big2
ls
rm -f big2
touch e1 e2 e3
for i in 1 2 3 4 5 6 7 8 9 10; do echo $i > n$i; done
ls
cat n*
rm n*
ls
mkdir x; chmod 700 x; stat -c %a x; umask 077; mkdir y; touch z; stat -c '%n %a' y z
python3 -c '
import os,mmap
fd=os.open("m",os.O_RDWR|os.O_CREAT)
os.ftruncate(fd,8192)
m=mmap.mmap(fd,8192)
m[0:5]=b"hello"
m[5000:5003]=b"abc"
m.flush()
print(os.pread(fd,5,0))
m.close()
os.close(fd)
fd=os.open("ex",os.O_CREAT|os.O_EXCL|os.O_WRONLY,0o640)
os.write(fd,b"q"*5000)
os.lseek(fd,10,0)
os.write(fd,b"Z")
os.fsync(fd)
os.close(fd)
try: os.open("ex",os.O_CREAT|os.O_EXCL)
except OSError as e: print(e)
f=open("ap","a")
f.write("1")
f.flush()
g=open("ap","a")
g.write("2")
g.flush()
f.write("3")
f.close()
g.close()
print(open("ap").read())
fd=os.open("del",os.O_RDWR|os.O_CREAT)
os.write(fd,b"data")
os.unlink("del")
print(os.pread(fd,10,0))
os.write(fd,b"more")
print(os.pread(fd,10,0), os.fstat(fd).st_nlink)
os.close(fd)
os.rename("ex","ren")
print(os.path.exists("ex"), os.stat("ren").st_size)
os.truncate("ren",2)
print(open("ren").read())
open("trunc","w").write("abc"); open("trunc","w").close(); print(os.stat("trunc").st_size)
print(sorted(os.listdir(".")))
os.makedirs("p/q/r"); os.removedirs("p/q/r"); print(os.path.exists("p"))
os.symlink("loop","loop")
try: open("loop")
except OSError as e: print(e)
try: os.mkdir("x")
except OSError as e: print(e)
try: os.rmdir("z")
except OSError as e: print(e)
try: os.unlink("x")
except OSError as e: print(e)
try: os.rename("x","x/y")
except OSError as e: print(e)
try: os.open("nodir/x",os.O_CREAT|os.O_WRONLY)
except OSError as e: print(e)
try: os.open("x"*300,os.O_CREAT|os.O_WRONLY)
except OSError as e: print(e)
fd=os.open("ro",os.O_CREAT|os.O_RDWR,0o400); os.write(fd,b"x"); os.close(fd); print(os.stat("ro").st_mode)
import tempfile; t=tempfile.TemporaryFile(dir="."); t.write(b"abc"*10000); t.seek(0); print(len(t.read())); t.close()
import shutil; shutil.copytree("q","qq"); print(os.listdir("qq"))
import fcntl; f=open("lk","w"); fcntl.lockf(f, fcntl.LOCK_EX);
'
git init -q repo 2>&1
cd repo
echo a > f
git add f
git -c user.name=T -c user.email=e@x commit -qm one --date '2024-01-01T00:00:00Z' 2>&1
git status --short
git log --format=%s
git gc -q 2>&1
git fsck 2>&1
cd ..
sqlite3 db 'create table t(a); insert into t values(1),(2); select sum(a) from t' 2>&1
tar cf t.tar --mtime=@0 --sort=name q; tar tf t.tar; rm -rf repo
