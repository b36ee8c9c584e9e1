import ArgumentParser
import ChatClient
import ChatCore
import ChatTerminal

/// `chatclient <host> <port>`.
struct ChatClient: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "chatclient",
    abstract: "Talk to a chatserve.",
    discussion: """
      Type a message and press Enter; \\quit leaves. Lines from a pipe are said one a turn, \
      and the end of the pipe leaves.
      """,
    version: Version.text)

  @Argument(help: "The name or address of the machine that chatserve runs on.")
  var host: String

  @Argument(help: "The port it listens on, 1 to 65535.")
  var port: String

  @Option(help: "Your name in the conversation: one word of 1 to 10 characters.")
  var handle: String?

  @Option(help: "Seconds that connecting may take, over all addresses.")
  var connectTimeout = 10

  @Option(help: "auto, always or never.")
  var color = ColourChoice.auto

  @Flag(help: "The time before every message.")
  var timestamps = false

  @Flag(help: "No bell when a message arrives while nobody types.")
  var noBell = false

  @Flag(help: "Whole lines, nothing redrawn: for screen readers and logs.")
  var plain = false

  func run() throws {
    guard let port = UInt16(self.port), port > 0 else {
      Leaving.now(UserMessages.badPort(self.port), .usage)
    }
    guard (1...3600).contains(connectTimeout) else {
      Leaving.now(UserMessages.badTimeout(connectTimeout), .usage)
    }
    var settings = ClientSettings(
      host: host, port: port, handle: chosenHandle(), connectWithin: Int64(connectTimeout) * 1000)
    settings.view.isPlain = plain
    settings.view.colours = color.isOn
    settings.view.showsTimes = timestamps
    settings.view.ringsBell = !noBell
    let words = ClientWords(sentence: UserMessages.sentence, peer: UserMessages.peerPhrases)
    do throws(ConnectError) {
      let outcome = try Client(settings, words).run()
      Leaving.now(nil, UserMessages.status(of: outcome))
    } catch {
      let (sentence, status) = UserMessages.failure(error, host: host, port: port)
      Leaving.now(sentence, status)
    }
  }

  private func chosenHandle() -> Handle? {
    guard let handle else { return nil }
    do throws(HandleError) {
      return try Handle(handle)
    } catch {
      Leaving.now(UserMessages.badHandle(error), .usage)
    }
  }
}

extension ColourChoice: ExpressibleByArgument {}
