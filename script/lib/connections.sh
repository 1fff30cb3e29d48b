# script/lib/connections.sh: How script/console reaches what runs. `connection db` gives its connection string, `value ';' host "$it"` a part.

# From the environment, or from the app host of this clone, which tells it to its own user alone: no file with passwords is needed.
connection() {
  known=$(printenv "ConnectionStrings__$1" || true)
  [ -n "$known" ] || known=$(described worker "ConnectionStrings__$1")
  if [ -z "$known" ]; then
    echo "Nothing of this clone is running: start script/server, or set ConnectionStrings__$1." >&2
    return 1
  fi
  printf %s "$known"
}

# A property of a resource of the running graph.
described() {
  dotnet tool restore >/dev/null
  dotnet aspire describe "$1" --apphost ./*.AppHost --format Json --non-interactive --nologo 2>/dev/null |
    sed -n "s/^ *\"$2\": \"\(.*\)\",\{0,1\}$/\1/p" | head -n 1
}

# The value of a key of a connection string, however it is written: "User Name" is username.
value() {
  printf %s "$3" | tr "$1" '\n' | awk -v key="$2" '
    { name = tolower($0); sub(/=.*/, "", name); gsub(/ /, "", name) }
    name == key { sub(/^[^=]*= */, ""); print; exit }'
}

# What psql reads. The password is in no argument.
use_database() {
  PGHOST=$(value ';' host "$1") PGPORT=$(value ';' port "$1") PGDATABASE=$(value ';' database "$1")
  PGUSER=$(value ';' username "$1") PGPASSWORD=$(value ';' password "$1")
  export PGHOST PGPORT PGDATABASE PGUSER PGPASSWORD
}
