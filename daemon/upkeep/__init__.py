"""Keeps what an upgrade replaces, and puts it back: prerm calls `keep`, a person calls `rollback`.

It runs as root on Debian's own Python and imports nothing of the version that it keeps or removes. Everything goes to
/var/backups/inclined: the version itself, packed from its installed files, because neither dpkg nor apt keeps a package
file that was given to it by name.
"""
