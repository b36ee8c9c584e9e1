#compdef chatclient
# zsh(1) completes command lines of chatclient with this. Written by hand, and
# held against --help by Tests/EndToEndTests/CompletionTests.swift.

# The machines that ssh(1) and this one know by name; what ssh has hashed is
# nobody's to read.
__chatclient_hosts() {
  local -a hosts=(${(fu)"$({
    echo localhost
    sed -e 's/#.*//' -e 's/^[^[:space:]]*//' /etc/hosts
    sed -e '/^[|#@]/d' -e 's/[[:space:]].*//' -e 's/,/ /g' -e 's/\[\([^]]*\)\]:[0-9]*/\1/g' \
      ~/.ssh/known_hosts
  } 2>/dev/null | tr -s '[:space:]' '\n' | grep -E '^[[:alnum:]._-]+$')"})
  _wanted hosts expl host compadd -a hosts
}

_arguments -s : \
  '(-6)-4[IPv4 addresses only]' \
  '(-4)-6[IPv6 addresses only]' \
  '-p+[the port]:port:(1027)' \
  '(-l --handle)'{-l+,--handle=}'[your name in the conversation]:name:' \
  '--mode=[who may speak when]:mode:(turns free)' \
  '--save=[add what both say to a file]:file:_files' \
  '--connect-timeout=[seconds that connecting may take]:seconds:(5 10 60)' \
  '(--new --no-state)--take-over[go on with what another chatclient has]' \
  '(--take-over --no-state)--new[begin another conversation]' \
  '(--take-over --new)--no-state[keep nothing to go on with]' \
  '--ask-key[ask before a new key is trusted]' \
  '--key=[the key of the server]:key:' \
  '--require-encryption[talk encrypted or not at all]' \
  '--clear[do not try to encrypt]' \
  '--forget[forget the key of the server]' \
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
  '1:host:__chatclient_hosts' \
  '2:port:(1027)'
