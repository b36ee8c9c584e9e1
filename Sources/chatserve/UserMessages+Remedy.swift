import ChatCore
import ChatPosix
import ChatServer
import Transcript

/// What to do about a file of keys: in words that can be typed as they are, and of the
/// very file that is meant.
extension UserMessages {
  /// `chatserve key --new`, of this file.
  static func command(_ words: String, _ file: KeyFile) -> String {
    command(words, "--key-file", file.path, unlessAt: KeyFile.path(option: nil))
  }

  /// `chatserve allow FINGERPRINT NAME`, of this file.
  static func command(_ words: String, _ file: AllowFile) -> String {
    command(words, "--allow", file.path, unlessAt: AllowFile.path(option: nil))
  }

  /// What accepts a transcript as it is.
  static func accepting(_ database: String, _ file: KeyFile) -> String {
    let command = command("history seal --accept", file)
    if database == DatabasePath.choose(option: nil) { return command }
    return "\(command) --database \(ShellWord(FilePath(database).resolvingWhatIsThere().string))"
  }

  private static func command(
    _ words: String, _ option: String, _ path: FilePath, unlessAt place: String?
  ) -> String {
    if path.string == place { return "chatserve \(words)" }
    // It may be typed elsewhere.
    let path = path.isAbsolute ? path : path.resolvingWhatIsThere()
    return "chatserve \(words) \(option) \(ShellWord(path.string))"
  }

  static func remedy(_ trouble: KeyTrouble, _ file: KeyFile) -> String {
    let key = ShellWord(file.path.string)
    let new = command("key --new", file)
    return switch trouble.kind {
    case .unreadable, .notRegular, .notOwn, .cannotMake: " Name another file with --key-file."
    case .exposed: " If nobody has read it: chmod 600 \(key). Else: \(new)"
    case .exposedDirectory:
      " Make it so (chmod 700 \(directory(of: file.path))), or name another file with --key-file."
    case .linked: " If nobody has read it: \(separate(key)). Else: \(new)"
    case .notPEM, .otherKind, .damaged:
      " Put back the one that peers know, or make another with: \(new)"
    case .belowTranscript:
      " Name another file with --key-file, or keep the transcript in a folder of its own with "
        + "--database, such as ~/chat/chat.db."
    // One that was kept nowhere cannot be put back.
    case .changed where !file.mayBeMade: ""
    case .changed:
      " To go on with the new one, start the server again; or put back the old one, which "
        + "chatserve key --new has kept beside it (\(name(of: file.path)).old-1, or a later number)."
    case .system: ""
    }
  }

  static func remedy(_ trouble: KeyTrouble, _ file: AllowFile) -> String {
    let list = ShellWord(file.path.string)
    return switch trouble.kind {
    case .unreadable where Errno(rawValue: trouble.errno) == .noSuchFileOrDirectory:
      " The first who is let in makes it: \(command("allow FINGERPRINT NAME", file))"
    case .exposed: " If what is in it is yours: chmod go-w \(list)"
    case .exposedDirectory:
      " If what is in it is yours: chmod go-w \(directory(of: file.path))"
    case .linked: " If what is in it is yours: \(separate(list))"
    case .belowTranscript:
      " Name another file with --allow, or keep the transcript in a folder of its own with "
        + "--database, such as ~/chat/chat.db."
    case .unreadable, .notRegular, .notOwn, .cannotMake, .notPEM, .otherKind, .damaged, .changed,
      .system:
      " Name another file with --allow."
    }
  }

  /// Gives a file a name of its own. rename(2) of another name of the same file would
  /// do nothing.
  private static func separate(_ file: ShellWord) -> String {
    "cp -p \(file) \(file).new && mv \(file).new \(file)"
  }

  /// Where the file is, links followed.
  private static func directory(of path: FilePath) -> ShellWord {
    let directory = path.resolvingDirectory().removingLastComponent()
    return ShellWord(directory.isEmpty ? "." : directory.string)
  }

  private static func name(of path: FilePath) -> String {
    TextSanitizer.escapedOnOneLine(path.string)
  }
}
