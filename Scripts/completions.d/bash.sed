# bash makes three words of --mode=free. Two are what the rest can read.
s/^    local -r cur="${2}"$/    local cur="${2#=}" prev="${3}"\
    [[ "${prev}" = "=" ]] \&\& prev="${COMP_WORDS[COMP_CWORD - 2]}"/
/^    local -r prev="${3}"$/d
s/^    local -a unparsed_words=.*/&\
    local -i each\
    for each in "${!unparsed_words[@]}"; do\
        [[ "${unparsed_words[each]}" = "=" ]] \&\& unset "unparsed_words[each]"\
    done\
    unparsed_words=("${unparsed_words[@]}")/
