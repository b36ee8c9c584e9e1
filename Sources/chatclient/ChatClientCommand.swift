import ArgumentParser
import ChatClient
import ChatCore
import ChatProgram

/// `chatclient <host> <port>`.
struct ChatClient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chatclient",
    abstract: "Talk to a chatserve.",
    discussion: """
      Type a message and press Enter; \\quit leaves. Lines from a pipe are said one a turn, \
      and the end of the pipe leaves.
      """)

  @Argument(help: "The name or address of the machine that chatserve runs on.")
  var host: String

  @Argument(help: "The port it listens on, 1 to 65535.")
  var port: String

  @Option(help: "Your name in the conversation: one word of 1 to 10 characters.")
  var handle: String?

  @Option(help: "turns, or free: asks the server to let both speak at any time.")
  var mode = Mode.turns

  @Option(help: "Seconds that connecting may take, over all addresses.")
  var connectTimeout = 10

  @OptionGroup(title: "View options")
  var view: ViewOptions

  @OptionGroup var version: VersionOption

  func run() throws {
    guard let port = UInt16(self.port), port > 0 else {
      ProgramExit.usage.leave(UserMessages.badPort(self.port))
    }
    guard (1...3600).contains(connectTimeout) else {
      ProgramExit.usage.leave(UserMessages.badTimeout(connectTimeout))
    }
    let settings = ClientSettings(
      host: host, port: port, handle: chosenHandle(), connectWithin: .seconds(connectTimeout),
      mode: mode, desk: view.desk)
    let words = ClientWords(
      sentence: UserMessages.sentence, desk: DeskWords(for: .client).sentence,
      peer: UserMessages.peerPhrases)
    do throws(ConnectError) {
      let outcome = try Client(settings, words).run()
      if let reason = outcome.namelessness {
        ProgramExit.usage.leave(UserMessages.nameless(reason))
      }
      if let errno = outcome.outputFailure {
        ProgramExit.inputOutput.leave(UserMessages.outputFailed(errno))
      }
      UserMessages.status(of: outcome).leave()
    } catch {
      let (sentence, status) = UserMessages.failure(error, host: host, port: port)
      status.leave(sentence)
    }
  }

  private func chosenHandle() -> Handle? {
    guard let handle else { return nil }
    do throws(HandleError) {
      return try Handle(handle)
    } catch {
      ProgramExit.usage.leave(SharedWords.badHandle(error, program: "chatclient"))
    }
  }
}
