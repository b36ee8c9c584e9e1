s/^        __chatserve_parse_subcommand 1 /        set -l ports 1\
        test "$unparsed_tokens[2]" = history; and set ports 0\
        __chatserve_parse_subcommand $ports /
s/^        case 'history'$/&\
            set -l next $unparsed_tokens[2] (commandline -t)\
            string match -q -- '-*' $next[1]; and set unparsed_tokens history list $unparsed_tokens[2..]/
/"chatserve history.* -l 'version'/d
