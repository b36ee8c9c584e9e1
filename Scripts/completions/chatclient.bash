# bash(1) completes command lines of chatclient with this. Written by hand, and
# held against --help by Tests/EndToEndTests/CompletionTests.swift.

# The machines that ssh(1) and this one know by name; what ssh has hashed is
# nobody's to read. bash takes a colon for the end of a word.
__chatclient_hosts() {
  {
    echo localhost
    sed -e 's/#.*//' -e 's/^[^[:space:]]*//' /etc/hosts
    sed -e '/^[|#@]/d' -e 's/[[:space:]].*//' -e 's/,/ /g' -e 's/\[\([^]]*\)\]:[0-9]*/\1/g' \
      ~/.ssh/known_hosts
  } 2>/dev/null | tr -s '[:space:]' '\n' | grep -E '^[[:alnum:]._-]+$' | sort -u
}

_chatclient() {
  local word cur prev=
  # bash makes three words of --color=never; here they are two.
  local -a words=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    [[ $word = "=" ]] || words+=("$word")
  done
  [[ ${COMP_WORDS[COMP_CWORD]} = "=" ]] && words+=("")
  local -i last=$((${#words[@]} - 1)) each arguments=0
  cur=${words[last]}
  ((last > 0)) && prev=${words[last - 1]}
  COMPREPLY=()

  case $prev in
    --color) COMPREPLY=($(compgen -W 'auto always never' -- "$cur")); return ;;
    --connect-timeout) COMPREPLY=($(compgen -W '5 10 60' -- "$cur")); return ;;
    --mode) COMPREPLY=($(compgen -W 'turns free' -- "$cur")); return ;;
    --save | --history-file)
      compopt -o filenames 2>/dev/null
      COMPREPLY=($(compgen -f -- "$cur"))
      return
      ;;
    -p) COMPREPLY=($(compgen -W 1027 -- "$cur")); return ;;
    -l | --handle | --key) return ;;
  esac
  if [[ $cur = -* ]]; then
    COMPREPLY=($(compgen -W '-4 -6 -p -l --handle --mode --connect-timeout --save --take-over --new
      --no-state --ask-key --key
      --require-encryption --clear --forget --color --timestamps
      --no-bell --no-title --history-file --plain --no-config --print-config -V --version -h --help' -- "$cur"))
    return
  fi
  for ((each = 0; each < last; each++)); do
    case ${words[each]} in
      -p | -l | --handle | --mode | --connect-timeout | --save | --color | --history-file) ((each++)) ;;
      --key) ((each++)) ;;
      -*) ;;
      *) ((arguments++)) ;;
    esac
  done
  case $arguments in
    0) COMPREPLY=($(compgen -W "$(__chatclient_hosts)" -- "$cur")) ;;
    1) COMPREPLY=($(compgen -W 1027 -- "$cur")) ;;
  esac
}

complete -F _chatclient chatclient
