/^_chatserve() {/,/^}/ {
  s/^        ':port:'$/        ':port:->command'/
  s/^    _arguments \(.*\) "${arg_specs\[@\]}"/    local unlike='[(]-[)]*'\
    [[ "${words[2]}" = history \&\& "${CURRENT}" -gt 2 ]] \&\& unlike=':port:*'\
    _arguments \1 "${(@)arg_specs:#${~unlike}}"/
}
s/^_chatserve_history() {/&\
    [[ "${words[2]}" = -* ]] \&\& { _chatserve_history_list; return; }/
/^_chatserve_history/,/^}/ { /^        '--version\[/d; }
