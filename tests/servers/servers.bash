# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What run and control share: how the throwaway PostgreSQL and MariaDB are made, started and stopped. Everything is in
# the folder $CORM_TEST_SERVERS:
#
#	tls/ca.pem                       who signed the certificate that both servers show
#	postgresql/{data,log,pid,port}   postgresql/ is also the directory of its socket
#	mariadb/{data,log,pid,port,socket}
#
# `pid` is written as soon as the process exists, so that one that is still starting can be stopped, too.

account=corm
password='secret words/%:@'
# shellcheck disable=SC2034 # for those that read this file
encoded=secret%20words%2F%25%3A%40

die() {
	echo "tests/servers: $*" >&2
	exit 1
}

# The directory of PostgreSQL's programs, and the path of MariaDB's server.
find_postgresql() {
	local found
	found=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
	[ -x "$found/initdb" ] || found=$(dirname "$(command -v initdb || echo none/none)")
	[ -x "$found/initdb" ] && [ -x "$found/postgres" ] && echo "$found"
}
find_mariadb() {
	PATH=$PATH:/usr/sbin:/usr/local/sbin:/usr/libexec command -v mariadbd
}

# as USER COMMAND…: neither server runs as root.
as() {
	local user=$1
	shift
	if [ "$(id -u)" = 0 ]; then
		set -- setpriv --reuid="$user" --regid="$user" --init-groups "$@"
	fi
	exec env LC_ALL=C "$@"
}
own() {
	[ "$(id -u)" != 0 ] || chown -R "$1:$1" "$2"
}

# Below the ports that outgoing connections get. Another may take it before the server does: start_new tries again.
free_port() {
	local port
	while port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000)); (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
	echo "$port"
}

# Who is dead but was not waited for is none of ours that runs: in a container there may be nobody who waits.
running() {
	local stat
	read -r stat 2>/dev/null <"/proc/$1/stat" && [[ ${stat##*) } != Z* ]]
}
alive() {
	local pid
	pid=$(cat "$CORM_TEST_SERVERS/$1/pid" 2>/dev/null) && running "$pid"
}

# A server's process, and those that it forked.
processes() {
	local pid
	pid=$(cat "$CORM_TEST_SERVERS/$1/pid") || return 0
	echo "$pid"
	grep -l "^PPid:[[:space:]]$pid\$" /proc/[0-9]*/status 2>/dev/null | sed 's|[^0-9]||g'
}

# ---- start ----
launch_postgresql() {
	local folder=$CORM_TEST_SERVERS/postgresql bin
	bin=$(find_postgresql)
	# A server is no child of the terminal: Ctrl-C is for the command, and whoever stops the command stops the server.
	(as postgres setsid "$bin/postgres" -D "$folder/data" -p "$(cat "$folder/port")") </dev/null >"$folder/log" 2>&1 &
	echo $! >"$folder/pid"
}
ready_postgresql() {
	# The eighth line is the state.
	sed -n '8s/ *$//p' "$CORM_TEST_SERVERS/postgresql/data/postmaster.pid" 2>/dev/null | grep -qx 'ready\|standby'
}

launch_mariadb() {
	local folder=$CORM_TEST_SERVERS/mariadb
	(as mysql setsid "$(find_mariadb)" --defaults-file="$folder/my.cnf" --port="$(cat "$folder/port")" "$@") \
		</dev/null >"$folder/log" 2>&1 &
	echo $! >"$folder/pid"
}
ready_mariadb() {
	grep -q 'ready for connections' "$CORM_TEST_SERVERS/mariadb/log"
}

# start_server SERVER [OPTION…]: returns when it takes connections, 1 when it ended instead.
start_server() {
	local server=$1
	shift
	# What the last one left behind must not be taken for the new one's being ready; nor does a zombie hold its locks.
	: >"$CORM_TEST_SERVERS/$server/log"
	rm -f "$CORM_TEST_SERVERS/$server/data/postmaster.pid" "$CORM_TEST_SERVERS/$server"/.s.PGSQL.*.lock
	"launch_$server" "$@"
	until "ready_$server"; do
		alive "$server" || return 1
		sleep 0.02
	done
}

# The first start: another port when somebody was faster.
start_new() {
	local folder=$CORM_TEST_SERVERS/$1 attempt
	for attempt in 1 2 3 4 5; do
		free_port >"$folder/port"
		start_server "$@" && return
		grep -q 'ddress already in use' "$folder/log" || break
	done
	tail -n 5 "$folder/log" >&2
	die "$1 did not start (attempt $attempt): see the lines above"
}

# ---- stop ----
# stop_server SERVER SIGNAL…: the signals in turn, five seconds apart, the last one until it is gone.
stop_server() {
	local server=$1 pid wait
	shift
	pid=$(cat "$CORM_TEST_SERVERS/$server/pid" 2>/dev/null) || return 0
	while [ $# -gt 0 ]; do
		kill -CONT "$pid" 2>/dev/null
		kill "-$1" "$pid" 2>/dev/null || return 0
		for ((wait = 0; wait < 250 || $# == 1; wait++)); do
			running "$pid" || return 0
			sleep 0.02
		done
		shift
	done
}

# As if the power had failed.
kill_server() {
	local pids pid
	pids=$(processes "$1")
	# The words of $pids are the processes.
	# shellcheck disable=SC2086
	kill -KILL $pids 2>/dev/null
	for pid in $pids; do
		while running "$pid"; do sleep 0.02; done
	done
}

# Everything is thrown away next, so the fastest way to stop will do.
stop_and_remove() {
	local small
	stop_server postgresql QUIT KILL &
	stop_server mariadb KILL &
	wait
	for small in "$CORM_TEST_SERVERS"/*/small "$CORM_TEST_SERVERS"/mariadb/data/corm_small; do
		if mountpoint -q "$small" 2>/dev/null; then
			umount "$small" || umount -l "$small"
		fi
	done
	rm -rf "$CORM_TEST_SERVERS"
}

# ---- make ----
# An authority, and a certificate of its for this machine.
make_tls() {
	local folder=$CORM_TEST_SERVERS/tls
	mkdir "$folder"
	{
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 \
			-subj '/CN=Cormorant test authority' -addext basicConstraints=critical,CA:TRUE -keyout "$folder/ca.key" -out "$folder/ca.pem" &&
			openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' \
				-keyout "$folder/server.key" -out "$folder/server.csr" &&
			openssl x509 -req -in "$folder/server.csr" -CA "$folder/ca.pem" -CAkey "$folder/ca.key" -CAcreateserial \
				-days 30 -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1') -out "$folder/server.pem"
	} >"$folder/log" 2>&1 || { cat "$folder/log" >&2; die "openssl made no certificate: see the lines above"; }
}

# Each server wants a key that only it can read.
give_tls() {
	cp "$CORM_TEST_SERVERS"/tls/{ca.pem,server.pem,server.key} "$CORM_TEST_SERVERS/$1/"
	chmod 600 "$CORM_TEST_SERVERS/$1/server.key"
	own "$2" "$CORM_TEST_SERVERS/$1"
}

make_postgresql() {
	local folder=$CORM_TEST_SERVERS/postgresql bin
	bin=$(find_postgresql)
	mkdir "$folder"
	echo "$password" >"$folder/password"
	own postgres "$folder"
	(as postgres "$bin/initdb" -D "$folder/data" -N -U postgres -A scram-sha-256 --pwfile="$folder/password" -E UTF8 \
		--locale=C.UTF-8) >"$folder/log" 2>&1 || { cat "$folder/log" >&2; die "initdb failed: see the lines above"; }
	give_tls postgresql postgres
	cat >>"$folder/data/postgresql.conf" <<-END
		listen_addresses = '127.0.0.1'
		unix_socket_directories = '$folder'
		max_connections = 60
		fsync = off
		full_page_writes = off
		shared_buffers = 32MB
		max_wal_size = 64MB
		min_wal_size = 32MB
		autovacuum_naptime = 10min
		dynamic_shared_memory_type = mmap
		jit = off
		timezone = 'Asia/Kolkata'
		ssl = on
		ssl_cert_file = '$folder/server.pem'
		ssl_key_file = '$folder/server.key'
		log_min_error_statement = panic
	END
	start_new postgresql
	PGPASSWORD=$password "$bin/psql" -X -q -v ON_ERROR_STOP=1 -h "$folder" -p "$(cat "$folder/port")" -U postgres \
		-c "CREATE ROLE $account LOGIN CREATEDB PASSWORD '$password'" -c "CREATE DATABASE $account OWNER $account" \
		postgres || die "postgresql: no account could be made: see the lines above"
}

make_mariadb() {
	local folder=$CORM_TEST_SERVERS/mariadb install
	install=$(command -v mariadb-install-db) || die "mariadb-install-db is missing (apt-get install mariadb-server)"
	mkdir "$folder" "$folder/tmp"
	# Debian's character set and collation, which ignores case: a column has to say so when it means to tell them apart.
	cat >"$folder/my.cnf" <<-END
		[mariadbd]
		datadir=$folder/data
		tmpdir=$folder/tmp
		socket=$folder/socket
		pid-file=$folder/data/pid
		bind-address=127.0.0.1
		skip-name-resolve
		max_connections=60
		character-set-server=utf8mb4
		collation-server=utf8mb4_general_ci
		performance_schema=OFF
		skip-log-bin
		debug-no-sync
		sync-frm=OFF
		innodb_flush_log_at_trx_commit=0
		innodb_flush_method=nosync
		innodb_doublewrite=OFF
		innodb_buffer_pool_size=64M
		innodb_log_file_size=32M
		key_buffer_size=1M
		aria_pagecache_buffer_size=8M
	END
	# With the accounts as the grants of an administrator would make them: no SUPER, which may do what nobody else may.
	cat >"$folder/accounts.sql" <<-END
		CREATE USER $account@'%' IDENTIFIED BY '$password';
		GRANT SELECT, INSERT, UPDATE, DELETE, EXECUTE, LOCK TABLES, PROCESS ON *.* TO $account@'%';
		GRANT CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE TEMPORARY TABLES ON *.* TO $account@'%';
		GRANT CREATE VIEW, SHOW VIEW, TRIGGER, CREATE ROUTINE, ALTER ROUTINE, EVENT ON *.* TO $account@'%';
		CREATE DATABASE $account;
		ALTER USER root@localhost IDENTIFIED BY '$password';
	END
	own mysql "$folder"
	(as mysql "$install" --defaults-file="$folder/my.cnf" --auth-root-authentication-method=normal --skip-test-db) \
		>"$folder/log" 2>&1 || { tail -n 20 "$folder/log" >&2; die "mariadb-install-db failed: see the lines above"; }
	give_tls mariadb mysql
	# What the installation must not see yet.
	cat >>"$folder/my.cnf" <<-END
		default-time-zone=+05:45
		ssl-ca=$folder/ca.pem
		ssl-cert=$folder/server.pem
		ssl-key=$folder/server.key
	END
	start_new mariadb --init-file="$folder/accounts.sql"
}
