#compdef chatserve
# zsh(1) completes command lines of chatserve with this. Written by hand, and
# held against --help by Tests/EndToEndTests/CompletionTests.swift.

# One row for each newest conversation, its parts between tabs: id, opened,
# closed, client.
__chatserve_conversations() {
  local -a database
  local place=${words[(I)--database]}
  ((place > 0)) && database=(--database "${words[place + 1]/#\~/$HOME}")
  "${program/#\~/$HOME}" history list -q -o tsv -n $1 $database 2>/dev/null </dev/null
}

__chatserve_ids() {
  local id opened closed client rest row
  local -a ids=('@:the newest')
  for row in ${(f)"$(__chatserve_conversations 100)"}; do
    local -a parts=("${(@ps:\t:)row}")
    ids+=("$parts[1]:$parts[4] $parts[2]")
  done
  _describe -V conversation ids
}

__chatserve_handles() {
  local -a handles=(${(fu)"$(__chatserve_conversations 1000 | cut -f 4 | grep -v '\\')"})
  _wanted handles expl handle compadd -a handles
}

__chatserve_speakers() {
  _alternative 'parties:party:(server client)' 'handles:handle:__chatserve_handles'
}

__chatserve_zones() {
  local -a zones=(local utc /usr/share/zoneinfo/[A-Z]**/*(N^/) /usr/share/zoneinfo/[A-Z]*(N^/))
  _wanted zones expl zone compadd -- ${zones#/usr/share/zoneinfo/}
}

__chatserve_history() {
  local verb=list
  if ((CURRENT == 2)) && [[ $PREFIX != -* ]]; then
    local -a verbs=(
      'list:list the conversations' 'show:show conversations'
      'search:find messages by their words' 'tail:show the last events and follow'
      'stats:count messages' 'export:write what is selected'
      'backup:copy the transcript to a file' 'verify:check the transcript'
      'seal:seal what is not sealed yet' 'prune:delete old conversations for good' 'delete:delete these conversations for good'
      'path:print the path of the transcript'
    )
    _describe -V verb verbs
    return
  fi
  if [[ $words[2] != -* ]]; then
    verb=$words[2]
    shift words
    ((CURRENT--))
  fi

  local times='(now today yesterday 1h 1d 7d 30d)'
  local formats='(text tsv csv json json-pretty transcript markdown html)'
  [[ $verb = verify ]] && formats='(text json json-pretty)'
  [[ $verb = stats ]] && formats='(text json json-pretty html)'
  local -a format=(
    '(-o --output-format --json)'{-o+,--output-format=}"[the format]:format:$formats"
    '(-o --output-format)--json[the same as -o json]'
  )
  local -a key=('--key-file=[the key]:file:_files')
  local -a filters=(
    '*--with=[conversations with this client]:handle:__chatserve_handles'
    '*--from=[what this one said]:speaker:__chatserve_speakers'
    '(-S --since)'{-S+,--since=}"[not before this time]:time:$times"
    '(-U --until)'{-U+,--until=}"[not after this time]:time:$times"
    '--on=[on this day]:day:(today yesterday)'
    '*'{-g+,--grep=}'[messages that this expression matches]:expression:'
    '(-F --fixed-strings)'{-F,--fixed-strings}'[take the pattern literally]'
    '(-i --ignore-case)'{-i,--ignore-case}'[ignore case]'
    '--case-sensitive[never ignore case]'
    '(-v --invert-match)'{-v,--invert-match}'[messages that do not match]'
    '(-A --after-context)'{-A+,--after-context=}'[events after each match]:number:'
    '(-B --before-context)'{-B+,--before-context=}'[events before each match]:number:'
    '(-C --context)'{-C+,--context=}'[events around each match]:number:'
    '*--state=[how they ended]:state:_values -s , state open closed lost'
    '*--kind=[events of these kinds]:kind:_values -s , kind open handle message close'
    '--after-event=[only events after this one]:number:'
  )
  local -a output=(
    '(-n --lines)'{-n+,--lines=}'[only the newest so many]:number:'
    '(-r --reverse)'{-r,--reverse}'[turn the order round]'
    '(-0 --null)'{-0,--null}'[end lines with NUL]'
    '--color=[colours]:when:(auto always never)'
    '(-P --no-pager)'{-P,--no-pager}'[do not page]'
    '(-c --count)'{-c,--count}'[print how many there are]'
  )
  local -a all=(
    '--tz=[show times in this zone]:zone:__chatserve_zones'
    '--utc[show times in UTC]'
    '(-q --quiet)'{-q,--quiet}'[say nothing but what was asked for]'
    '*--database=[the transcript]:file:_files'
    '(-h --help)'{-h,--help}'[show help]'
  )
  case $verb in
    list)
      all+=($filters $output $format '(-a --all)'{-a,--all}'[also who never had the floor]')
      ;;
    show) all+=($filters $output $format '*:conversation:__chatserve_ids') ;;
    search) all+=($filters $output $format '*:word:') ;;
    tail)
      all+=($filters $output $format '(-f --follow)'{-f,--follow}'[follow, as it does anyway]')
      ;;
    stats)
      all+=($filters $output $format '--by=[the unit]:unit:(day hour)'
        '--ascii[draw with ASCII alone]'
        '--plots[draw the hours and the week also where no terminal is]')
      ;;
    export)
      all+=($filters $output $format '--output=[write to this file]:file:_files'
        '--proof[write what others need to check it]' '*:conversation:__chatserve_ids')
      ;;
    backup) all+=($key '--force[replace the file that is there]' '1:file:_files') ;;
    verify)
      all+=($format $key '*--key=[trust seals of this key]:fingerprint:'
        '*--seal=[say whether this seal is there]:line:')
      ;;
    seal) all+=($key '--accept[accept the transcript as it is]') ;;
    prune)
      all+=($key "--before=[those that ended before this time]:time:$times"
        '(-n --dry-run)'{-n,--dry-run}'[only list them]' '(-y --yes)'{-y,--yes}'[do not ask]')
      ;;
    delete)
      all+=($key '(-n --dry-run)'{-n,--dry-run}'[only list them]' '(-y --yes)'{-y,--yes}'[do not ask]'
        '*:conversation:__chatserve_ids')
      ;;
    path) ;;
    *) return 1 ;;
  esac
  _arguments -s : $all
}

_chatserve() {
  local program=$words[1]
  if ((CURRENT > 2)) && [[ $words[2] = history ]]; then
    shift words
    ((CURRENT--))
    __chatserve_history
    return
  fi
  if ((CURRENT > 2)) && [[ $words[2] = (attach|key|allow|block) ]]; then
    shift words
    ((CURRENT--))
    case $words[1] in
      attach)
        _arguments -s : '--color=[colours]:when:(auto always never)' \
          '--timestamps[the time before every message]' '--no-bell[no bell]' \
          '--no-title[leave the title of the window alone]' \
          '--plain[whole lines, nothing redrawn]' '(-h --help)'{-h,--help}'[show help]' '1:port:'
        ;;
      key)
        _arguments -s : '--key-file=[the key]:file:_files' \
          '--certificate[show the certificate instead]' '--new[make another key]' \
          '--database=[the transcript]:file:_files' '(-h --help)'{-h,--help}'[show help]'
        ;;
      allow)
        _arguments -s : '--allow=[the file]:file:_files' '(-h --help)'{-h,--help}'[show help]' \
          '1:fingerprint:' '2:name:'
        ;;
      block)
        _arguments -s : '--allow=[the file]:file:_files' '(-h --help)'{-h,--help}'[show help]' \
          '1:fingerprint:'
        ;;
    esac
    return
  fi
  _arguments -s : \
    '--handle=[your name in the conversation]:name:' \
    '--bind=[listen at this address alone]:address:(127.0.0.1 0.0.0.0 \:\:1 \:\: localhost)' \
    '--database=[the transcript]:file:_files' \
    '--key-file=[the key that peers know the server by]:file:_files' \
    '--require-encryption[turn away who speaks in clear]' \
    '--allow=[let in only those in this file]:file:_files' \
    '--notices[write a log of who comes and goes]:where:(journal stderr none)' \
    '--on-arrival[run this when somebody comes]:command:' \
    '--detached[run without a terminal]' \
    '--no-log[keep nothing that is said]' \
    '--idle-timeout=[seconds of silence allowed]:seconds:(0 60 300 3600)' \
    '--resume-within=[seconds to come back in]:seconds:(0 60 300 3600)' \
    '--mode=[who may speak when]:mode:(turns free)' \
    '--no-greeting[send no name first]' \
    '--max-waiting=[peers that may wait]:number:' \
    '--max-start=[nameless connections at once]:start\:rate\:full:(10\:30\:100 0)' \
    '--per-source=[connections of one address]:number:' \
    '--max-penalty=[seconds an address is refused]:seconds:(600 0)' \
    '--rate=[bytes a second of one peer]:bytes:(1M 0)' \
    '--disk-reserve=[room left on the disk]:bytes:(64M 1% 0)' \
    '--color=[colours]:when:(auto always never)' \
    '--timestamps[the time before every message]' \
    '--no-bell[no bell]' \
    '--no-title[leave the title of the window alone]' \
    '--history-file=[keep the lines that you type]:file:_files' \
    '--plain[whole lines, nothing redrawn]' \
    '--no-config[leave the configuration file alone]' \
    '--print-config[show what each option is set to]' \
    '(-V --version)'{-V,--version}'[show the version]' \
    '(-h --help)'{-h,--help}'[show help]' \
    "1:port:$( ((CURRENT == 2)) && echo '(history attach key allow block 1027)')"
}

_chatserve "$@"
