import ArgumentParser
import ChatCore
import ChatPosix
import ChatProgram
import ChatSecure
import ChatServer
import Transcript

/// `chatserve key`: who the server is, as its peers know it.
struct KeyCommand: ParsableCommand {
  static let name = "key"
  static let configuration = CommandConfiguration(
    commandName: name, _superCommandName: "chatserve",
    abstract: "Show the key that peers know the server by.",
    discussion: """
      The fingerprint, and a picture of it, to be compared with what chatclient shows. \
      Who has the file of the key can pass for this server.
      """)

  @Option(
    help: """
      The key. Otherwise $XDG_CONFIG_HOME/chatserve/key or ~/.config/chatserve/key.
      """, completion: .file())
  var keyFile: String?

  @Flag(help: "Show the certificate instead; chatserve(1) says how others check it.")
  var certificate = false

  @Flag(help: "Make another key, and keep the old one beside it.")
  var new = false

  @Option(
    help: """
      With --new: the transcript in which the old key vouches for the new one. Otherwise as \
      for chatserve.
      """, completion: .file())
  var database: String?

  func run() throws {
    guard let path = KeyFile.path(option: keyFile) else {
      ProgramExit.usage.leave(UserMessages.noKeyPath)
    }
    let file = KeyFile(path: path)
    do throws(KeyTrouble) {
      if new { try make(file) }
      guard let key = try file.read() else {
        ProgramExit.missing.leave(UserMessages.noKeyYet(file))
      }
      let fingerprint = key.publicKey.fingerprint
      var text = ([fingerprint.description] + fingerprint.randomart).joined(separator: "\n") + "\n"
      if certificate { text = try Self.certificate(of: key).pem }
      Self.show(text)
    } catch {
      let (sentence, status) = UserMessages.failure(.key(error, file))
      status.leave(sentence)
    }
  }

  private static func certificate(of key: PrivateKey) throws(KeyTrouble) -> Certificate {
    do throws(SecureSetupError) {
      return try key.certificate()
    } catch {
      throw KeyTrouble(.system)
    }
  }

  private static func show(_ text: String) {
    do throws(SystemCallError) {
      try StandardOutput.write(text)
    } catch {
      // A reader that has gone has what it wanted.
      if error.errno == .brokenPipe { return }
      ProgramExit.inputOutput.leave(UserMessages.cannotWrite(error))
    }
  }

  private func make(_ file: KeyFile) throws(KeyTrouble) {
    var vouching: VouchingProcess?
    if let path = DatabasePath.choose(option: database) {
      vouching = try VouchingProcess { Self.vouch(for: $0, with: file, in: path) }
    }
    let next = try KeyFile.random()
    // Before the key is there: a change that is sealed and does not come does no harm, one
    // that comes and is not sealed looks like a stranger's.
    vouching?.sign(with: next)
    let old = try file.replace(with: next)
    try? StandardError.write(UserMessages.newKey(old) + "\n")
  }

  /// Has the old key vouch for the new one, and that for the old one, where that has sealed
  /// anything. A transcript that cannot be written keeps nobody from a new key.
  private static func vouch(for next: any SealSigner, with file: KeyFile, in path: String) {
    // Forked before the transcript is opened.
    let old = try? ForkedSigner.start(file)
    do throws(TranscriptError) {
      if try !Connection.forReading(path).isSealed(by: old?.publicKey) { return }
      var isSealed = false
      // A key that cannot be read vouches for nobody.
      if let old, let print = PublicKey(next.publicKey)?.fingerprint.description {
        isSealed = try Connection.forWriting(path).sealKeyChange(
          from: (old, old.fingerprint), to: (next, print),
          at: Timestamp(milliseconds: Clock.realtimeMilliseconds()))
      }
      if !isSealed { try? StandardError.write(UserMessages.changeNotSealed(nil) + "\n") }
    } catch {
      if error.kind == .missing { return }
      try? StandardError.write(UserMessages.changeNotSealed(error) + "\n")
    }
  }
}
