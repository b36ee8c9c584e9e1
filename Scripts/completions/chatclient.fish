# fish(1) completes command lines of chatclient with this. Written by hand, and
# held against --help by Tests/EndToEndTests/CompletionTests.swift.

# The machines that ssh(1) and this one know by name; what ssh has hashed is
# nobody's to read.
function __chatclient_hosts
    begin
        echo localhost
        sed -e 's/#.*//' -e 's/^[^[:space:]]*//' /etc/hosts
        sed -e '/^[|#@]/d' -e 's/[[:space:]].*//' -e 's/,/ /g' -e 's/\[\([^]]*\)\]:[0-9]*/\1/g' ~/.ssh/known_hosts
    end 2>/dev/null | tr -s '[:space:]' '\n' | grep -E '^[[:alnum:]._-]+$' | sort -u
end

# Whether the line has so many arguments before the word.
function __chatclient_has
    set -l words (commandline -opc)
    set -e words[1]
    set -l count 0
    set -l isValue no
    for word in $words
        if test $isValue = yes
            set isValue no
        else if contains -- $word -p -l --handle --mode --connect-timeout --save --key --color --history-file
            set isValue yes
        else if not string match -q -- '-*' $word
            set count (math $count + 1)
        end
    end
    test $count -eq $argv[1]
end

complete -c chatclient -f
complete -c chatclient -n '__chatclient_has 0' -a '(__chatclient_hosts)' -d Host
complete -c chatclient -n '__chatclient_has 1' -a 1027 -d Port
complete -c chatclient -s 4 -d 'IPv4 addresses only'
complete -c chatclient -s 6 -d 'IPv6 addresses only'
complete -c chatclient -s p -x -a 1027 -d 'The port'
complete -c chatclient -s l -l handle -x -d 'Your name in the conversation'
complete -c chatclient -l connect-timeout -x -a '5 10 60' -d 'Seconds that connecting may take'
complete -c chatclient -l mode -x -a 'turns free' -d 'Who may speak when'
complete -c chatclient -l save -r -F -d 'Add what both say to a file'
complete -c chatclient -l take-over -d 'Go on with what another chatclient has'
complete -c chatclient -l new -d 'Begin another conversation'
complete -c chatclient -l no-state -d 'Keep nothing to go on with'
complete -c chatclient -l ask-key -d 'Ask before a new key is trusted'
complete -c chatclient -l key -x -d 'The key of the server'
complete -c chatclient -l require-encryption -d 'Talk encrypted or not at all'
complete -c chatclient -l clear -d 'Do not try to encrypt'
complete -c chatclient -l forget -d 'Forget the key of the server'
complete -c chatclient -l color -x -a 'auto always never' -d Colours
complete -c chatclient -l timestamps -d 'The time before every message'
complete -c chatclient -l no-bell -d 'No bell'
complete -c chatclient -l no-title -d 'Leave the title of the window alone'
complete -c chatclient -l history-file -r -F -d 'Keep the lines that you type'
complete -c chatclient -l plain -d 'Whole lines, nothing redrawn'
complete -c chatclient -l no-config -d 'Leave the configuration file alone'
complete -c chatclient -l print-config -d 'Show what each option is set to'
complete -c chatclient -s V -l version -d 'Show the version'
complete -c chatclient -s h -l help -d 'Show help'
