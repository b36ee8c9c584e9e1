import ArgumentParser
import ChatCore
import ChatPosix
import ChatProgram
import ChatSecure
import ChatServer

/// Where the allow-list is, for both that write it.
struct AllowOptions: ParsableArguments {
  @Option(
    name: .customLong("allow"),
    help: """
      The file. Otherwise $XDG_CONFIG_HOME/chatserve/allow or ~/.config/chatserve/allow.
      """, completion: .file())
  var file: String?

  /// Ends the program where there is no fingerprint, or no place for the file.
  func given(_ fingerprint: String) -> (key: Fingerprint, file: AllowFile) {
    guard let key = Fingerprint(fingerprint) else {
      ProgramExit.usage.leave(UserMessages.noFingerprint(fingerprint))
    }
    guard let path = AllowFile.path(option: file) else {
      ProgramExit.usage.leave(UserMessages.noAllowPath)
    }
    return (key, AllowFile(path: path))
  }
}

/// `chatserve allow FINGERPRINT NAME`: lets somebody in.
struct AllowCommand: ParsableCommand {
  static let name = "allow"
  static let configuration = CommandConfiguration(
    commandName: name, _superCommandName: "chatserve",
    abstract: "Let somebody in where only some are: see --allow.",
    discussion: """
      A server that runs with --allow FILE reads the file again when it changes. \
      \\who shows a client's fingerprint, and so does the server when it lets somebody not in.
      """)

  @Argument(help: "The fingerprint of the client's key, as SHA256:….")
  var fingerprint: String

  @Argument(help: "The name that it goes by: one word of 1 to 10 characters.")
  var name: String

  @OptionGroup var options: AllowOptions

  func run() throws {
    let (key, file) = options.given(fingerprint)
    do throws(HandleError) {
      let handle = try Handle(name)
      write(key, handle, file)
    } catch {
      ProgramExit.usage.leave(UserMessages.badName(error))
    }
  }

  private func write(_ key: Fingerprint, _ name: Handle, _ file: AllowFile) {
    do throws(KeyTrouble) {
      _ = try file.change { AllowList.adding(key, name, to: $0) }
      try? StandardOutput.write(UserMessages.isAllowed(key, name, file) + "\n")
    } catch {
      let (sentence, status) = UserMessages.failure(.allowFile(error, file))
      status.leave(sentence)
    }
  }
}

/// `chatserve block FINGERPRINT`: lets somebody in no more.
struct BlockCommand: ParsableCommand {
  static let name = "block"
  static let configuration = CommandConfiguration(
    commandName: name, _superCommandName: "chatserve",
    abstract: "Let somebody in no more, and end the talk: see --allow.")

  @Argument(help: "The fingerprint of the client's key, as SHA256:….")
  var fingerprint: String

  @OptionGroup var options: AllowOptions

  func run() throws {
    let (key, file) = options.given(fingerprint)
    do throws(KeyTrouble) {
      if try file.change({ AllowList.removing(key, from: $0) }) {
        try? StandardOutput.write(UserMessages.isBlocked(key, file) + "\n")
        return
      }
      ProgramExit.nothing.leave(UserMessages.notInList(key, file))
    } catch {
      let (sentence, status) = UserMessages.failure(.allowFile(error, file))
      status.leave(sentence)
    }
  }
}
