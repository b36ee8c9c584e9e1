# bash(1) completes command lines of chatserve with this. Written by hand, and
# held against --help by Tests/EndToEndTests/CompletionTests.swift.
#
# What comes from the transcript was written by strangers: it is never expanded
# (compgen -W would), and it is quoted where it goes into the line.

# Offers those of the rows that a command writes that begin with the word.
__chatserve_offer() {
  local row
  while IFS= read -r row; do
    [[ $row = "$cur"* ]] || continue
    [[ $row = *[!A-Za-z0-9_.,:/@+-]* ]] && row=$(printf %q "$row")
    COMPREPLY+=("$row")
  done < <("$@")
}

__chatserve_words() { __chatserve_offer printf '%s\n' "$@"; }

# One row for each newest conversation, its parts between tabs: id, opened,
# closed, client.
__chatserve_conversations() {
  "${program/#\~/$HOME}" history list -q -o tsv -n "$1" ${database:+--database "$database"} \
    2>/dev/null </dev/null
}

__chatserve_handles() {
  __chatserve_conversations 1000 | cut -f 4 | grep -v -e '^$' -e '\\' | sort -u
}

__chatserve_speakers() {
  printf '%s\n' server client
  __chatserve_handles
}

__chatserve_ids() {
  echo @
  __chatserve_conversations 100 | cut -f 1
}

__chatserve_zones() {
  printf '%s\n' local utc
  (cd /usr/share/zoneinfo 2>/dev/null && find [A-Z]* ! -type d 2>/dev/null | sort)
}

# Words of which several may stand in one, with commas.
__chatserve_several() {
  local before=
  [[ $cur = *,* ]] && before=${cur%,*},
  __chatserve_words "${@/#/$before}"
}

# The values of the option before the word; 1 when it takes none.
__chatserve_value() {
  case $1 in
    --mode) __chatserve_words turns free ;;
    --notices) __chatserve_words journal stderr none ;;
    --color) __chatserve_words auto always never ;;
    --bind) __chatserve_words 127.0.0.1 0.0.0.0 localhost ;;
    --idle-timeout | --resume-within) __chatserve_words 0 60 300 3600 ;;
    --tz) __chatserve_offer __chatserve_zones ;;
    --with) __chatserve_offer __chatserve_handles ;;
    --from) __chatserve_offer __chatserve_speakers ;;
    -S | --since | -U | --until | --before)
      __chatserve_words now today yesterday 1h 1d 7d 30d ;;
    --on) __chatserve_words today yesterday ;;
    --state) __chatserve_several open closed lost ;;
    --kind) __chatserve_several open handle message close ;;
    --by) __chatserve_words day hour ;;
    -o | --output-format)
      case $verb in
        verify) __chatserve_words text json json-pretty ;;
        stats) __chatserve_words text json json-pretty html ;;
        *)
          __chatserve_words text tsv csv json json-pretty transcript markdown html ;;
      esac
      ;;
    --database | --output | --history-file | --key-file | --allow)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$cur")
      ;;
    --key | --seal | --handle | --on-arrival | --max-waiting | --max-start | --per-source | --max-penalty | --rate | --disk-reserve | --after-event | -g | --grep | -n | --lines) ;;
    -A | --after-context | -B | --before-context | -C | --context) ;;
    *) return 1 ;;
  esac
}

__chatserve_options() {
  local filters='--with --from -S --since -U --until --on -g --grep -F --fixed-strings
    -i --ignore-case --case-sensitive -v --invert-match -A --after-context -B --before-context
    -C --context --state --kind --after-event'
  local output='-n --lines -r --reverse -o --output-format --json -0 --null --color -P --no-pager
    -c --count'
  local common='--tz --utc -q --quiet --database -h --help'
  case $1 in
    '') echo --detached --notices --on-arrival --handle --bind --database --key-file --require-encryption --allow --no-log --idle-timeout --resume-within --mode --no-greeting --max-waiting \
      --max-start --per-source --max-penalty --rate --disk-reserve \
      --color --timestamps --no-bell --no-title --history-file --plain --no-config --print-config -V --version -h --help ;;
    key) echo --key-file --certificate --new --database -h --help ;;
    allow | block) echo --allow -h --help ;;
    attach) echo --color --timestamps --no-bell --no-title --plain -h --help ;;
    list) echo -a --all $filters $output $common ;;
    show | search) echo $filters $output $common ;;
    tail) echo -f --follow $filters $output $common ;;
    stats) echo --by --ascii --plots $filters $output $common ;;
    export) echo --output --proof $filters $output $common ;;
    backup) echo --force --key-file $common ;;
    verify) echo -o --output-format --json --key --seal --key-file $common ;;
    seal) echo --accept --key-file $common ;;
    prune) echo --before -n --dry-run -y --yes --key-file $common ;;
    delete) echo --dry-run -n -y --yes --key-file $common ;;
    path) echo $common ;;
  esac
}

_chatserve() {
  local program=$1 word verb= database= cur prev
  # bash makes three words of --mode=free; here they are two.
  local -a words=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    [[ $word = "=" ]] || words+=("$word")
  done
  [[ ${COMP_WORDS[COMP_CWORD]} = "=" ]] && words+=("")
  local -i last=$((${#words[@]} - 1)) each
  cur=${words[last]} prev=
  ((last > 0)) && prev=${words[last - 1]}
  COMPREPLY=()

  if ((last > 0)) && [[ ${words[0]} = history ]]; then
    verb=list
    ((last > 1)) && [[ ${words[1]} != -* ]] && verb=${words[1]}
  fi
  ((last > 0)) && [[ ${words[0]} = @(attach|key|allow|block) ]] && verb=${words[0]}
  for ((each = 0; each < last; each++)); do
    [[ ${words[each]} = --database ]] && database=${words[each + 1]/#\~/$HOME}
  done

  [[ $prev = -* ]] && __chatserve_value "$prev" && return
  if [[ $cur = -* ]]; then
    COMPREPLY=($(compgen -W "$(__chatserve_options "$verb")" -- "$cur"))
  elif ((last == 0)); then
    __chatserve_words history attach key allow block 1027
  elif [[ ${words[0]} = history && $last -eq 1 ]]; then
    __chatserve_words list show search tail stats export backup verify seal prune delete path
  elif [[ $verb = backup ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$cur")
  elif [[ $verb = show || $verb = export || $verb = delete ]]; then
    __chatserve_offer __chatserve_ids
  fi
}

complete -o nosort -F _chatserve chatserve 2>/dev/null || complete -F _chatserve chatserve
