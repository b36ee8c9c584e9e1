enum ChatWirePlaceholder {}
