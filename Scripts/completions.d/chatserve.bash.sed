/^_chatserve() {/,/^}/ {
  s/^    __chatserve_offer_flags_options 1$/    local -i ports=1\
    [[ "${COMP_WORDS[1]}" = history ]] \&\& ports=0\
    __chatserve_offer_flags_options "${ports}"/
  s/^ *COMPREPLY+=(/        [[ "${COMP_CWORD}" -eq 1 ]] \&\& COMPREPLY+=(/
}
s/^_chatserve_history() {/&\
    [[ "${COMP_WORDS[2]}" = -* ]] \&\& { _chatserve_history_list; return; }/
/^_chatserve_history/,/^}/ s/--version //
