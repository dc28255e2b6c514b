"""Calls on files of a directory of the host, SHARE: what they answer, and what is there afterwards."""
import ctypes
import errno
import fcntl
import mmap
import os
import socket
import stat
import struct
import subprocess
import threading
import time

libc = ctypes.CDLL(None, use_errno=True)


def show(what, call, *args, **kwargs):
    """One line: what the call returned, or its error's name."""
    try:
        result = call(*args, **kwargs)
    except OSError as e:
        result = errno.errorcode[e.errno]
    print(what, result)
    return result


def put(name, data, mode=0o644):
    fd = os.open(name, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
    os.write(fd, data)
    os.close(fd)


def get(name):
    with open(name, 'rb') as f:
        return f.read()


def brief(name):
    s = os.lstat(name)
    return oct(s.st_mode), s.st_size if stat.S_ISREG(s.st_mode) else '-', s.st_nlink, s.st_uid, s.st_gid


def renames():
    put('a', b'a')
    put('b', b'b')
    show('rename over', os.rename, 'a', 'b')
    show('  gives', get, 'b')
    show('  source', os.stat, 'a') if not os.path.exists('a') else print('still there')
    os.mkdir('d1')
    os.mkdir('d2')
    put('d2/in', b'in')
    show('dir over full dir', os.rename, 'd1', 'd2')
    show('dir over file', os.rename, 'd1', 'b')
    show('file over dir', os.rename, 'b', 'd1')
    show('dir over empty dir', os.rename, 'd2', 'd1')
    show('  gives', os.listdir, 'd1')
    os.mkdir('d1/sub')
    show('into itself', os.rename, 'd1', 'd1/sub/x')
    show('across', os.rename, 'b', 'd1/b')
    show('  gives', get, 'd1/b')
    show('to itself', os.rename, 'd1/b', 'd1/b')
    show('missing', os.rename, 'nothing', 'b')
    fd = os.open('d1/b', os.O_RDWR)
    os.rename('d1/b', 'moved')
    os.write(fd, b'open')
    show('open while renamed', get, 'moved')
    os.ftruncate(fd, 2)
    show('  and cut', os.fstat(fd).st_size.__int__)
    os.close(fd)
    put('hidden', b'old')
    fd = os.open('hidden', os.O_RDWR)
    put('over', b'new')
    os.rename('over', 'hidden')
    show('replaced while open', os.read, fd, 10)
    show('  links', os.fstat(fd).st_nlink.__int__)
    os.close(fd)


def links():
    put('one', b'1')
    show('link', os.link, 'one', 'two')
    show('  counts', brief, 'one')
    show('again', os.link, 'one', 'two')
    show('of a directory', os.link, 'd1', 'd3')
    os.mkdir('ldir')
    show('into', os.link, 'one', 'ldir/three')
    os.unlink('one')
    put('two', b'22')
    show('  shared', get, 'ldir/three')
    show('symlink', os.symlink, 'ldir/three', 'sym')
    show('  read', os.readlink, 'sym')
    show('  through', get, 'sym')
    show('  not followed', brief, 'sym')
    show('link of a symlink', os.link, 'sym', 'sym2', follow_symlinks=False)
    show('long target', os.symlink, 'x' * 4000, 'longsym')
    show('  read', lambda: len(os.readlink('longsym')))
    show('too long target', os.symlink, 'x' * 4096, 'longsym2')
    show('dangling open', os.open, 'longsym', os.O_RDONLY)
    show('mkdir on it', os.mkdir, 'sym')
    show('O_NOFOLLOW', os.open, 'sym', os.O_RDONLY | os.O_NOFOLLOW)
    show('O_CREAT|O_EXCL', os.open, 'sym', os.O_CREAT | os.O_EXCL | os.O_WRONLY)


def nodes():
    show('mkfifo', os.mkfifo, 'fifo', 0o640)
    show('  is', brief, 'fifo')
    pid = os.fork()
    if not pid:
        put('fifo', b'through the pipe')
        os._exit(0)
    show('  carries', get, 'fifo')
    os.waitpid(pid, 0)
    show('mknod of a socket', os.mknod, 'node', stat.S_IFSOCK | 0o600)
    show('  is', brief, 'node')
    show('mknod of a file', os.mknod, 'plain', stat.S_IFREG | 0o604)
    show('  is', brief, 'plain')
    s = socket.socket(socket.AF_UNIX)
    show('bind', s.bind, 'sock')
    show('  mode', lambda: stat.S_ISSOCK(os.stat('sock').st_mode))
    show('bind again', socket.socket(socket.AF_UNIX).bind, 'sock')
    s.listen()
    c = socket.socket(socket.AF_UNIX)
    show('connect', c.connect, 'sock')
    peer = s.accept()[0]
    c.send(b'hi')
    show('  carries', peer.recv, 10)
    show('open of it', os.open, 'sock', os.O_RDWR)
    for x in (s, c, peer):
        x.close()
    show('connect to a dead one', socket.socket(socket.AF_UNIX).connect, 'sock')
    os.mkdir('ndir')
    show('a fifo moves', os.rename, 'fifo', 'ndir/fifo')
    show('  is listed', os.listdir, 'ndir')
    show('  is in the way', os.rmdir, 'ndir')
    show('a link to a socket', os.link, 'sock', 'ndir/sock')
    show('  counts', brief, 'ndir/sock')
    put('over', b'')
    show('a file over it', os.rename, 'over', 'ndir/sock')
    show('  is', brief, 'ndir/sock')
    show('  the other name', brief, 'sock')
    show('it over a file', os.rename, 'sock', 'ndir/sock')
    show('  is listed', lambda: sorted(os.listdir('ndir')))
    # The host does not see these: docs/status.md.
    for name in ('ndir/fifo', 'ndir/sock', 'node'):
        show('unlink', os.unlink, name)
    show('empty now', os.rmdir, 'ndir')


def sizes():
    put('t', b'0123456789')
    show('truncate', os.truncate, 't', 4)
    show('  gives', get, 't')
    show('longer', os.truncate, 't', 8)
    show('  gives', get, 't')
    show('of a directory', os.truncate, 'd1', 0)
    fd = os.open('t', os.O_RDONLY)
    show('ftruncate read-only', os.ftruncate, fd, 0)
    show('write read-only', os.write, fd, b'x')
    os.close(fd)
    fd = os.open('t', os.O_RDWR)
    show('hole', os.pwrite, fd, b'end', 1 << 20)
    show('  reads', os.pread, fd, 4, 1 << 19)
    show('fsync', os.fsync, fd)
    show('fdatasync', os.fdatasync, fd)
    show('SEEK_END', os.lseek, fd, 0, os.SEEK_END)
    os.close(fd)
    dfd = os.open('.', os.O_RDONLY)
    show('fsync of a directory', os.fsync, dfd)
    os.close(dfd)
    a = os.open('ap', os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    b = os.open('ap', os.O_WRONLY | os.O_APPEND)
    for n in range(50):
        os.write(a if n % 2 else b, b'%d\n' % n)
    os.close(a)
    os.close(b)
    show('appended in turn', lambda: get('ap') == b''.join(b'%d\n' % n for n in range(50)))


def two_appenders():
    def add(mark):
        fd = os.open('both', os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        for n in range(200):
            os.write(fd, mark * 99 + b'\n')
        os._exit(0)
    pids = []
    for mark in (b'a', b'b'):
        pid = os.fork()
        if not pid:
            add(mark)
        pids.append(pid)
    for pid in pids:
        os.waitpid(pid, 0)
    lines = get('both').split(b'\n')[:-1]
    print('two appenders', len(lines), all(l in (b'a' * 99, b'b' * 99) for l in lines))
    os.rename('both', 'both.done')
    put('both.done', b'')


def attributes():
    put('at', b'')
    show('chmod', os.chmod, 'at', 0o2751)
    show('  is', brief, 'at')
    show('chown', os.chown, 'at', 7, 8)
    show('  is', brief, 'at')
    show('lchown', os.lchown, 'sym', 9, 9)
    show('  is', brief, 'sym')
    show('utime', os.utime, 'at', ns=(1_000_000_001, 2_000_000_002))
    show('  is', lambda: (os.stat('at').st_atime_ns, os.stat('at').st_mtime_ns))
    show('utime of a link', os.utime, 'sym', ns=(3, 4), follow_symlinks=False)
    show('  is', lambda: os.lstat('sym').st_mtime_ns)
    show('utime now', os.utime, 'at')
    show('  is near', lambda: abs(os.stat('at').st_mtime - time.time()) < 100)
    before = os.stat('.').st_mtime_ns
    time.sleep(0.05)
    put('newer', b'')
    show('directory changed', lambda: os.stat('.').st_mtime_ns > before)
    os.mkdir('sg')
    os.chmod('sg', 0o2775)
    os.chown('sg', 0, 5)
    put('sg/f', b'')
    show('set-group-ID directory', lambda: os.stat('sg/f').st_gid)
    os.mkdir('sg/d')
    show('  passed on', brief, 'sg/d')
    put('suid', b'x', 0o755)
    os.chmod('suid', 0o4755)


def maps():
    fd = os.open('map', os.O_RDWR | os.O_CREAT)
    os.ftruncate(fd, 3 * 4096)
    m = mmap.mmap(fd, 3 * 4096)
    m[10:15] = b'first'
    m[5000:5006] = b'second'
    m.flush()
    show('mapped then read', os.pread, fd, 5, 10)
    os.pwrite(fd, b'WRITE', 9000)
    show('written then mapped', lambda: m[9000:9005])
    m[8000:8005] = b'later'
    m.close()
    os.close(fd)
    show('  kept', lambda: (get('map')[10:15], get('map')[5000:5006], get('map')[8000:8005]))
    fd = os.open('map', os.O_RDONLY)
    m = mmap.mmap(fd, 4096, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    m[10:15] = b'mine!'
    show('private', os.pread, fd, 5, 10)
    m.close()
    os.close(fd)


def in_child(call):
    """What the call answers in another process."""
    r, w = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            call()
            os.write(w, b'ok')
        except OSError as e:
            os.write(w, errno.errorcode[e.errno].encode())
        os._exit(0)
    os.waitpid(pid, 0)
    answer = os.read(r, 20).decode()
    os.close(r)
    os.close(w)
    return answer


def locks():
    def other(op):
        f = os.open('lock', os.O_RDWR)
        op(f)
    fd = os.open('lock', os.O_RDWR | os.O_CREAT)
    show('flock', fcntl.flock, fd, fcntl.LOCK_EX)
    print('  other', in_child(lambda: other(lambda f: fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB))))
    show('  off', fcntl.flock, fd, fcntl.LOCK_UN)
    print('  other', in_child(lambda: other(lambda f: fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB))))
    show('lockf', fcntl.lockf, fd, fcntl.LOCK_EX, 10, 5)
    print('  same range', in_child(
        lambda: other(lambda f: fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 6))))
    print('  another', in_child(
        lambda: other(lambda f: fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 20))))
    os.close(fd)


def unnamed():
    fd = os.open('gone', os.O_RDWR | os.O_CREAT)
    os.write(fd, b'before')
    os.unlink('gone')
    show('unlinked: stat', os.stat, 'gone')
    os.write(fd, b' after')
    show('  reads', os.pread, fd, 20, 0)
    show('  links', os.fstat(fd).st_nlink.__int__)
    os.ftruncate(fd, 3)
    show('  cut', os.pread, fd, 20, 0)
    show('  size', lambda: os.fstat(fd).st_size)
    os.fchmod(fd, 0o600)
    show('  chmod', lambda: oct(os.fstat(fd).st_mode))
    put('gone', b'another')
    show('  the new one', get, 'gone')
    show('  the old one', os.pread, fd, 20, 0)
    os.close(fd)
    os.mkdir('full')
    put('full/x', b'')
    show('rmdir of a full one', os.rmdir, 'full')
    show('unlink of a directory', os.unlink, 'full')
    show('rmdir of a file', os.rmdir, 'full/x')
    show('rmdir of .', os.rmdir, 'full/.')
    os.mkdir('cwd')
    here = os.getcwd()
    os.chdir('cwd')
    show('rmdir of where one is', os.rmdir, '../cwd')
    show('  create there', os.open, 'x', os.O_CREAT | os.O_WRONLY)
    show('  list', os.listdir, '.')
    os.chdir(here)


def names():
    show('255 bytes', put, 'n' * 255, b'long')
    show('  reads', get, 'n' * 255)
    show('256 bytes', put, 'n' * 256, b'')
    show('255 as a directory', os.mkdir, 'm' * 255)
    show('  in it', put, 'm' * 255 + '/' + 'k' * 255, b'deep')
    show('  renamed', os.rename, 'n' * 255, 'o' * 255)
    odd = b'odd\xff\n\t *?'
    show('any bytes', put, odd, b'odd')
    show('  listed', lambda: odd in os.listdir(b'.'))
    show('many', lambda: [put('many%d' % n, b'') for n in range(300)].count(None))
    show('  listed', lambda: len([n for n in os.listdir('.') if n.startswith('many')]))
    for n in range(300):
        os.unlink('many%d' % n)
    show('  gone', lambda: len([n for n in os.listdir('.') if n.startswith('many')]))


def threads_share():
    def work(n):
        for k in range(20):
            put('th%d' % n, b'%d' % k)
            os.rename('th%d' % n, 'done%d' % n)
    all_of_them = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for t in all_of_them:
        t.start()
    for t in all_of_them:
        t.join()
    show('four threads', lambda: [get('done%d' % n) for n in range(4)])


def programs():
    with open('p.c', 'w') as f:
        f.write('#include <stdio.h>\nint main(void) { puts("built here"); return 0; }\n')
    show('gcc', lambda: subprocess.run(['gcc', '-O1', '-o', 'prog', 'p.c', '-Wl,--build-id=none']).returncode)
    show('  runs', lambda: subprocess.run(['./prog'], capture_output=True).stdout)
    os.unlink('prog')
    script = '''set -e
git init -q origin; cd origin
git config user.name T; git config user.email e@x
for n in 1 2 3 4 5; do echo $n > file$n; done
git add .; GIT_AUTHOR_DATE=2024-01-01T00:00:00Z GIT_COMMITTER_DATE=2024-01-01T00:00:00Z git commit -qm one
cd ..; git clone -q origin copy; cd copy; git log --format=%H; git status --short; ls
cd ..; rm -rf origin copy'''
    show('git', lambda: subprocess.run(['sh', '-c', script], capture_output=True).stdout)


os.chdir(os.environ['SHARE'])
os.umask(0o022)
for part in (renames, links, nodes, sizes, two_appenders, attributes, maps, locks, unnamed, names, threads_share,
             programs):
    print('---', part.__name__)
    part()
