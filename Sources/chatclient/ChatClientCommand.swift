import ArgumentParser
import ChatClient
import ChatCore
import ChatPosix
import ChatProgram
import ChatSecure

/// `chatclient <host> <port>`.
struct ChatClient: Configurable {
  static let configuration = CommandConfiguration(
    commandName: "chatclient",
    abstract: "Talk to a chatserve.",
    usage: "chatclient <host> <port> [<options>]",
    discussion: """
      Type a message and press Enter; \\quit leaves. Lines from a pipe are said one a turn, \
      and the end of the pipe leaves.
      """)

  @Argument(help: "The machine that chatserve runs on: a name or an address, or host:port.")
  var host: String

  @Argument(help: "The port it listens on, 1 to 65535.")
  var port: String?

  @Option(
    name: .customShort("p"), help: ArgumentHelp("The port, as ssh has it.", valueName: "port"))
  var portOption: String?

  @Option(
    name: [.customShort("l"), .long],
    help: "Your name in the conversation: one word of 1 to 10 characters.")
  var handle: String?

  @Option(help: "turns, or free: asks the server to let both speak at any time.")
  var mode = Mode.turns

  @Option(help: "Seconds that connecting may take, over all addresses.")
  var connectTimeout = 10

  @Flag(name: .customShort("4"), help: "IPv4 addresses only.")
  var onlyIPv4 = false

  @Flag(name: .customShort("6"), help: "IPv6 addresses only.")
  var onlyIPv6 = false

  @Option(
    help: ArgumentHelp(
      "Add what both say to this file, as JSON Lines; nobody else may read it.",
      valueName: "file"),
    completion: .file())
  var save: String?

  @Flag(help: "Go on with the conversation that another chatclient has with this server.")
  var takeOver = false

  @Flag(help: "Begin another conversation, and end one that was cut off.")
  var new = false

  @Flag(help: "Keep nothing of the conversation that another chatclient could go on with.")
  var noState = false

  @OptionGroup(title: "Encryption options")
  var security: SecurityArguments

  @OptionGroup(title: "View options")
  var view: ViewOptions

  @OptionGroup var config: ConfigOptions
  @OptionGroup var version: VersionOption

  static let placeholders = ["host"]
  static let acts: Set<String> = ["forget", "new", "take-over"]
  static let variables = ["handle": "CHATCLIENT_HANDLE"]

  func fault() -> String? {
    if !(1...3600).contains(connectTimeout) { return UserMessages.badTimeout(connectTimeout) }
    if let key = security.key, Fingerprint(key) == nil { return UserMessages.badKey(key) }
    guard let handle else { return nil }
    do throws(HandleError) {
      _ = try Handle(handle)
      return nil
    } catch {
      return SharedWords.badHandle(error, program: "chatclient")
    }
  }

  func meaning(of name: String) -> String? { nil }

  func settled() -> Set<String> {
    var settled = security.settled
    // As in `name@host`.
    if host.contains("@") { settled.insert("handle") }
    if takeOver || new { settled.insert("no-state") }
    return settled
  }

  func run() throws {
    let place = destination()
    let (host, port) = (place.host, place.port)
    if security.forget { forget(host: host, port: port) }
    let wishes = security.options()
    guard (1...3600).contains(connectTimeout) else {
      ProgramExit.usage.leave(UserMessages.badTimeout(connectTimeout))
    }
    if let save, save == view.historyFile {
      ProgramExit.usage.leave(UserMessages.saveAndHistory)
    }
    let settings = ClientSettings(
      host: host, port: port, family: family, handle: chosenHandle(place.handle),
      connectWithin: .seconds(connectTimeout), mode: mode,
      desk: view.openDesk(for: "chatclient"), saved: savedTalk(), security: wishes,
      memory: memory(host: host, port: port), keeping: keepingWish())
    let words = ClientWords(
      sentence: { UserMessages.sentence($0, host: host, port: port) },
      desk: DeskWords(for: .client).sentence,
      peer: UserMessages.peerPhrases)
    do throws(ConnectError) {
      let outcome = try Client(settings, words).run()
      if let reason = outcome.namelessness {
        ProgramExit.usage.leave(UserMessages.nameless(reason))
      }
      if let refusal = outcome.refusal, outcome.signal == nil {
        let (sentence, status) = UserMessages.refusal(refusal, host: host, port: port)
        status.leave(sentence)
      }
      if let errno = outcome.outputFailure {
        ProgramExit.inputOutput.leave(UserMessages.outputFailed(errno))
      }
      let status = UserMessages.status(of: outcome)
      status.leave(
        outcome.unheard.map { UserMessages.sentence($0, host: host, port: port) })
    } catch {
      let (sentence, status) = UserMessages.failure(error, host: host, port: port)
      status.leave(sentence)
    }
  }

  private func destination() -> Destination {
    do throws(Destination.Failure) {
      return try Destination(host, port: port, option: portOption, handle: handle)
    } catch {
      ProgramExit.usage.leave(UserMessages.badPlace(error))
    }
  }

  private func memory(host: String, port: UInt16) -> ServerMemory {
    do throws(ServerMemory.Failure) {
      return try ServerMemory(host: host, port: port)
    } catch {
      let (sentence, status) = UserMessages.refusal(.memory(error), host: host, port: port)
      status.leave(sentence)
    }
  }

  private func forget(host: String, port: UInt16) -> Never {
    let place = UserMessages.place(host, port)
    do throws(ServerMemory.ForgetError) {
      guard try ServerMemory.forget(host: host, port: port) else {
        ProgramExit.nothing.leave("chatclient: nothing is known of \(place).")
      }
      print("\(place) is forgotten.")
      ProgramExit.done.leave()
    } catch {
      let (sentence, status) = UserMessages.cannotForget(error, host: host, port: port)
      status.leave(sentence)
    }
  }

  /// As ssh(1) has it, the last of the two counts there; here both are either.
  private var family: AddressFamily? {
    if onlyIPv4 == onlyIPv6 { return nil }
    return onlyIPv4 ? .ipv4 : .ipv6
  }

  private func keepingWish() -> KeepingWish {
    switch (takeOver, new, noState) {
    case (false, false, false): return .usual
    case (true, false, false): return .takeOver
    case (false, true, false): return .new
    case (false, false, true): return .none
    default: ProgramExit.usage.leave(UserMessages.severalKeepingWishes)
    }
  }

  private func savedTalk() -> SavedTalk? {
    guard let save else { return nil }
    do throws(SaveError) {
      return try SavedTalk(path: save)
    } catch {
      let (sentence, status) = UserMessages.cannotSave(error, to: save)
      status.leave(sentence)
    }
  }

  private func chosenHandle(_ handle: String?) -> Handle? {
    guard let handle else { return nil }
    do throws(HandleError) {
      return try Handle(handle)
    } catch {
      ProgramExit.usage.leave(SharedWords.badHandle(error, program: "chatclient"))
    }
  }
}
