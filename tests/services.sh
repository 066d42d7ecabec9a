#!/usr/bin/env bash
# Runs a command beside a Postgres and a Redis of its own: tests/services.sh cargo nextest run
#
# Both listen on a free port of 127.0.0.1, ask for a password, keep what they have in a temporary directory, and end
# with the command. It finds them in KADA_TEST_POSTGRES_URL (the superuser) and KADA_TEST_REDIS_URL.
set -euo pipefail

theirs=$(umask)
umask 077
place=$(mktemp -d /tmp/kada-test.XXXXXX)
postgres_pid='' redis_pid='' command_pid=''

end() {
    local pid=$1 signal=$2 tick
    if [[ -z $pid ]]; then return 0; fi
    kill "-$signal" "$pid" 2>/dev/null || true
    for ((tick = 0; tick < 100; tick++)); do
        if ! kill -0 "$pid" 2>/dev/null; then break; fi
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
}

leave() {
    trap '' INT TERM
    end "$command_pid" TERM
    end "$postgres_pid" INT
    end "$redis_pid" TERM
    rm -rf "$place"
}
trap leave EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
    echo "tests/services.sh: $1" >&2
    if [[ -f ${2-} ]]; then tail -n 20 "$2" >&2; fi
    exit 1
}

# Another program may take the port before the server does; whoever starts one tries again.
free_port() {
    local port
    while port=$((20000 + RANDOM % 12000)) && (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
    echo "$port"
}

secret() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }

# Postgres refuses to run as root.
as_user=()
if ((EUID == 0)); then
    user=postgres
    id -u "$user" >/dev/null 2>&1 || user=nobody
    as_user=(setpriv "--reuid=$user" "--regid=$(id -g "$user")" --clear-groups)
    chmod 711 "$place"
fi

postgres_bin() {
    local directory newest=''
    for directory in "${KADA_PG_BIN:-}" $(ls -dv /usr/lib/postgresql/*/bin 2>/dev/null | tac) /usr/local/pgsql/bin; do
        if [[ -x $directory/initdb ]]; then
            newest=$directory
            break
        fi
    done
    if [[ -z $newest ]] && command -v initdb >/dev/null; then newest=$(dirname "$(command -v initdb)"); fi
    echo "$newest"
}

start_postgres() {
    local bin data=$place/postgres password port tick attempt
    bin=$(postgres_bin)
    if [[ -z $bin ]]; then fail "PostgreSQL is not installed"; fi
    password=$(secret)
    mkdir "$data"
    echo "$password" >"$place/password"
    if ((EUID == 0)); then chown "$user" "$data" "$place/password"; fi
    (cd / && LC_ALL=C "${as_user[@]}" "$bin/initdb" --pgdata "$data" --username postgres --pwfile "$place/password" \
        --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 --no-sync --no-instructions) \
        >"$place/initdb.log" 2>&1 || fail "initdb failed" "$place/initdb.log"
    for ((attempt = 0; attempt < 10; attempt++)); do
        port=$(free_port)
        (cd / && exec "${as_user[@]}" "$bin/postgres" -D "$data" -p "$port" -c listen_addresses=127.0.0.1 \
            -c unix_socket_directories= -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
            -c max_connections=500 -c shared_buffers=256MB -c max_wal_size=4GB -c random_page_cost=1.1 \
            -c timezone=UTC) >"$place/postgres.log" 2>&1 &
        postgres_pid=$!
        for ((tick = 0; tick < 600; tick++)); do
            if [[ $(sed -n 8p "$data/postmaster.pid" 2>/dev/null) == ready* ]]; then
                export KADA_TEST_POSTGRES_URL="postgres://postgres:$password@127.0.0.1:$port/postgres"
                return
            fi
            if ! kill -0 "$postgres_pid" 2>/dev/null; then break; fi
            sleep 0.05
        done
        end "$postgres_pid" INT
        postgres_pid=''
    done
    fail "Postgres did not start" "$place/postgres.log"
}

start_redis() {
    local password port tick attempt answer
    command -v redis-server >/dev/null || fail "redis-server is not installed"
    password=$(secret)
    for ((attempt = 0; attempt < 10; attempt++)); do
        port=$(free_port)
        redis-server - >"$place/redis.log" 2>&1 <<END &
bind 127.0.0.1
port $port
requirepass $password
dir $place
save ""
appendonly no
END
        redis_pid=$!
        for ((tick = 0; tick < 200; tick++)); do
            # The password tells ours from any other that has the port.
            if { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null; then
                printf 'AUTH %s\r\n' "$password" >&3
                read -r -t 2 answer <&3 || answer=''
                exec 3>&-
                if [[ $answer == +OK* ]]; then
                    export KADA_TEST_REDIS_URL="redis://default:$password@127.0.0.1:$port/"
                    return
                fi
            fi
            if ! kill -0 "$redis_pid" 2>/dev/null; then break; fi
            sleep 0.05
        done
        end "$redis_pid" TERM
        redis_pid=''
    done
    fail "Redis did not start" "$place/redis.log"
}

start_postgres
start_redis
# In the background, so that a signal ends it at once and not after it; with the terminal's input and Ctrl-C.
(umask "$theirs" && trap - INT && exec "$@") <&0 &
command_pid=$!
status=0
wait "$command_pid" || status=$?
command_pid=''
exit "$status"
