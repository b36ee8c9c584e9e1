# fish(1) completes command lines of chatserve with this. Written by hand, and
# held against --help by Tests/EndToEndTests/CompletionTests.swift.

# The verb of history that the line has; list where it has none, nothing where
# it is not history's.
function __chatserve_verb
    set -l words (commandline -opc)
    test "$words[2]" = history; or return
    if set -q words[3]; and not string match -q -- '-*' $words[3]
        echo $words[3]
    else
        echo list
    end
end

# Whether the line is at one of some verbs.
function __chatserve_at
    contains -- (__chatserve_verb; or echo) $argv
end

function __chatserve_serves
    set -l words (commandline -opc)
    not contains -- "$words[2]" history attach key allow block
end

# Whether the line is another command's.
function __chatserve_is
    set -l words (commandline -opc)
    contains -- "$words[2]" $argv
end

function __chatserve_begins
    test (count (commandline -opc)) -eq $argv[1]
end

# One row for each newest conversation, its parts between tabs: id, opened,
# closed, client.
function __chatserve_conversations
    set -l words (commandline -opc)
    set -l database
    if set -l place (contains -i -- --database $words); and set -q words[(math $place + 1)]
        set database --database (string replace -r '^~' $HOME -- $words[(math $place + 1)])
    end
    set -l program (string replace -r '^~' $HOME -- $words[1])
    $program history list -q -o tsv -n $argv[1] $database 2>/dev/null </dev/null
end

function __chatserve_ids
    printf '@\tthe newest\n'
    __chatserve_conversations 100 | string replace -r '^(\d+)\t([^\t]*)\t[^\t]*\t([^\t]*).*' '$1\t$3 $2'
end

function __chatserve_handles
    __chatserve_conversations 1000 | cut -f 4 | string match -v -r '^$|\\\\' | sort -u
end

function __chatserve_zones
    printf '%s\n' local utc
    find /usr/share/zoneinfo ! -type d 2>/dev/null | string replace /usr/share/zoneinfo/ '' | string match -r '^[A-Z].*'
end

function __chatserve_times
    printf '%s\n' now today yesterday 1h 1d 7d 30d
end

complete -c chatserve -f

# The server
complete -c chatserve -n '__chatserve_begins 1' -a history -d 'Browse what was said'
complete -c chatserve -n '__chatserve_begins 1' -a attach -d 'Give this terminal to a server'
complete -c chatserve -n '__chatserve_begins 1' -a key -d 'Show the key that peers know the server by'
complete -c chatserve -n '__chatserve_begins 1' -a allow -d 'Let somebody in'
complete -c chatserve -n '__chatserve_begins 1' -a block -d 'Let somebody in no more'
complete -c chatserve -n '__chatserve_begins 1' -a 1027 -d 'A port to listen on'
set -l at __chatserve_serves
complete -c chatserve -n $at -l handle -x -d 'Your name in the conversation'
complete -c chatserve -n $at -l bind -x -a '127.0.0.1 0.0.0.0 ::1 :: localhost' -d 'Listen at this address alone'
complete -c chatserve -n $at -l database -r -F -d 'The transcript'
complete -c chatserve -n $at -l key-file -r -F -d 'The key that peers know the server by'
complete -c chatserve -n $at -l require-encryption -d 'Turn away who speaks in clear'
complete -c chatserve -n $at -l allow -r -F -d 'Let in only those in this file'
complete -c chatserve -n $at -l notices -x -a 'journal stderr none' -d 'Write a log of who comes and goes'
complete -c chatserve -n $at -l on-arrival -x -d 'Run this when somebody comes'
complete -c chatserve -n $at -l detached -d 'Run without a terminal'
complete -c chatserve -n $at -l no-log -d 'Keep nothing that is said'
complete -c chatserve -n $at -l idle-timeout -x -a '0 60 300 3600' -d 'Seconds of silence allowed'
complete -c chatserve -n $at -l resume-within -x -a '0 60 300 3600' -d 'Seconds to come back in'
complete -c chatserve -n $at -l mode -x -a 'turns free' -d 'Who may speak when'
complete -c chatserve -n $at -l no-greeting -d 'Send no name first'
complete -c chatserve -n $at -l max-waiting -x -d 'Peers that may wait'
complete -c chatserve -n $at -l max-start -x -a '10:30:100 0' -d 'Nameless connections at once'
complete -c chatserve -n $at -l per-source -x -d 'Connections of one address'
complete -c chatserve -n $at -l max-penalty -x -a '600 0' -d 'Seconds an address is refused'
complete -c chatserve -n $at -l rate -x -a '1M 0' -d 'Bytes a second of one peer'
complete -c chatserve -n $at -l disk-reserve -x -a '64M 1% 0' -d 'Room left on the disk'
complete -c chatserve -n $at -l color -x -a 'auto always never' -d 'Colours'
complete -c chatserve -n $at -l timestamps -d 'The time before every message'
complete -c chatserve -n $at -l no-bell -d 'No bell'
complete -c chatserve -n $at -l no-title -d 'Leave the title of the window alone'
complete -c chatserve -n $at -l history-file -r -F -d 'Keep the lines that you type'
complete -c chatserve -n $at -l plain -d 'Whole lines, nothing redrawn'
complete -c chatserve -n $at -l no-config -d 'Leave the configuration file alone'
complete -c chatserve -n $at -l print-config -d 'Show what each option is set to'
complete -c chatserve -n $at -s V -l version -d 'Show the version'
complete -c chatserve -s h -l help -d 'Show help'

# The key, and who is let in
complete -c chatserve -n '__chatserve_is key' -l key-file -r -F -d 'The key'
complete -c chatserve -n '__chatserve_is key' -l certificate -d 'Show the certificate instead'
complete -c chatserve -n '__chatserve_is key' -l new -d 'Make another key'
complete -c chatserve -n '__chatserve_is key' -l database -r -F -d 'The transcript'
complete -c chatserve -n '__chatserve_is allow block' -l allow -r -F -d 'The file'

# A terminal for a server without one
complete -c chatserve -n '__chatserve_is attach' -l color -x -a 'auto always never' -d 'Colours'
complete -c chatserve -n '__chatserve_is attach' -l timestamps -d 'The time before every message'
complete -c chatserve -n '__chatserve_is attach' -l no-bell -d 'No bell'
complete -c chatserve -n '__chatserve_is attach' -l no-title -d 'Leave the title of the window alone'
complete -c chatserve -n '__chatserve_is attach' -l plain -d 'Whole lines, nothing redrawn'

# The verbs of history
set -l at '__chatserve_begins 2; and __chatserve_is history'
complete -c chatserve -n $at -k -a path -d 'Print the path of the transcript'
complete -c chatserve -n $at -k -a delete -d 'Delete these conversations for good'
complete -c chatserve -n $at -k -a prune -d 'Delete old conversations for good'
complete -c chatserve -n $at -k -a seal -d 'Seal what is not sealed yet'
complete -c chatserve -n $at -k -a verify -d 'Check the transcript'
complete -c chatserve -n $at -k -a backup -d 'Copy the transcript to a file'
complete -c chatserve -n $at -k -a export -d 'Write what is selected'
complete -c chatserve -n $at -k -a stats -d 'Count messages'
complete -c chatserve -n $at -k -a tail -d 'Show the last events and follow'
complete -c chatserve -n $at -k -a search -d 'Find messages by their words'
complete -c chatserve -n $at -k -a show -d 'Show conversations'
complete -c chatserve -n $at -k -a list -d 'List the conversations'
complete -c chatserve -n 'not __chatserve_begins 2; and __chatserve_at show export delete' -k -a '(__chatserve_ids)'

# Of single verbs
complete -c chatserve -n '__chatserve_at list' -s a -l all -d 'Also who never had the floor'
complete -c chatserve -n '__chatserve_at tail' -s f -l follow -d 'Follow, as it does anyway'
complete -c chatserve -n '__chatserve_at stats' -l by -x -a 'day hour' -d 'The unit'
complete -c chatserve -n '__chatserve_at stats' -l ascii -d 'Draw with ASCII alone'
complete -c chatserve -n '__chatserve_at stats' -l plots -d 'Draw the hours and the week also where no terminal is'
complete -c chatserve -n '__chatserve_at export' -l output -r -F -d 'Write to this file'
complete -c chatserve -n '__chatserve_at export' -l proof -d 'Write what others need to check it'
complete -c chatserve -n '__chatserve_at backup' -l force -d 'Replace the file that is there'
complete -c chatserve -n 'not __chatserve_begins 2; and __chatserve_at backup' -F
complete -c chatserve -n '__chatserve_at verify' -l key -x -d 'Trust seals of this key'
complete -c chatserve -n '__chatserve_at verify' -l seal -x -d 'Say whether this seal is there'
complete -c chatserve -n '__chatserve_at seal' -l accept -d 'Accept the transcript as it is'
complete -c chatserve -n '__chatserve_at backup verify seal prune delete' -l key-file -r -F -d 'The key'
complete -c chatserve -n '__chatserve_at prune' -l before -x -a '(__chatserve_times)' -d 'Those that ended before this time'
complete -c chatserve -n '__chatserve_at prune delete' -s n -l dry-run -d 'Only list them'
complete -c chatserve -n '__chatserve_at prune delete' -s y -l yes -d 'Do not ask'

# Which events
set -l at '__chatserve_at list show search tail stats export'
complete -c chatserve -n $at -l with -x -a '(__chatserve_handles)' -d 'Conversations with this client'
complete -c chatserve -n $at -l from -x -a 'server client (__chatserve_handles)' -d 'What this one said'
complete -c chatserve -n $at -s S -l since -x -a '(__chatserve_times)' -d 'Not before this time'
complete -c chatserve -n $at -s U -l until -x -a '(__chatserve_times)' -d 'Not after this time'
complete -c chatserve -n $at -l on -x -a 'today yesterday' -d 'On this day'
complete -c chatserve -n $at -s g -l grep -x -d 'Messages that this expression matches'
complete -c chatserve -n $at -s F -l fixed-strings -d 'Take the pattern literally'
complete -c chatserve -n $at -s i -l ignore-case -d 'Ignore case'
complete -c chatserve -n $at -l case-sensitive -d 'Never ignore case'
complete -c chatserve -n $at -s v -l invert-match -d 'Messages that do not match'
complete -c chatserve -n $at -s A -l after-context -x -d 'Events after each match'
complete -c chatserve -n $at -s B -l before-context -x -d 'Events before each match'
complete -c chatserve -n $at -s C -l context -x -d 'Events around each match'
complete -c chatserve -n $at -l state -x -a '(__fish_append , open closed lost)' -d 'How they ended'
complete -c chatserve -n $at -l kind -x -a '(__fish_append , open handle message close)' -d 'Events of these kinds'
complete -c chatserve -n $at -l after-event -x -d 'Only events after this one'

# How they are shown
complete -c chatserve -n $at -s n -l lines -x -d 'Only the newest so many'
complete -c chatserve -n $at -s r -l reverse -d 'Turn the order round'
complete -c chatserve -n $at -s 0 -l null -d 'End lines with NUL'
complete -c chatserve -n $at -l color -x -a 'auto always never' -d 'Colours'
complete -c chatserve -n $at -s P -l no-pager -d 'Do not page'
complete -c chatserve -n $at -s c -l count -d 'Print how many there are'
complete -c chatserve -n '__chatserve_at list show search tail export' -s o -l output-format -x -a 'text tsv csv json json-pretty transcript markdown html' -d 'The format'
complete -c chatserve -n '__chatserve_at stats' -s o -l output-format -x -a 'text json json-pretty html' -d 'The format'
complete -c chatserve -n '__chatserve_at verify' -s o -l output-format -x -a 'text json json-pretty' -d 'The format'
complete -c chatserve -n "$at verify" -l json -d 'The same as -o json'

# Of all verbs
set -l at '__chatserve_is history'
complete -c chatserve -n $at -l tz -x -a '(__chatserve_zones)' -d 'Show times in this zone'
complete -c chatserve -n $at -l utc -d 'Show times in UTC'
complete -c chatserve -n $at -s q -l quiet -d 'Say nothing but what was asked for'
complete -c chatserve -n $at -l database -r -F -d 'The transcript'
