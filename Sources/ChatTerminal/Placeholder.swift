enum ChatTerminalPlaceholder {}
