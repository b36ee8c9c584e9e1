import ArgumentParser
import ChatCore
import ChatPosix
import ChatProgram
import ChatServer
import History
import Transcript

/// `chatserve <port>`.
struct ChatServe: Configurable {
  static let configuration = CommandConfiguration(
    commandName: "chatserve",
    abstract: "Listen for chatclient, talk with one peer at a time, keep every word.",
    discussion: """
      Type a message and press Enter. \\quit ends the conversation and waits for the next; \
      Ctrl-C stops the server. Every word is kept in the transcript, unless --no-log; \
      `chatserve history` browses it.
      """,
    subcommands: [
      HistoryCommand.self, AttachCommand.self, KeyCommand.self, AllowCommand.self,
      BlockCommand.self,
    ])

  @Argument(help: "The port to listen on, 1024 to 65535.")
  var port: String?

  @Flag(help: "Run without a terminal: nobody answers, and everybody is told so.")
  var detached = false

  @Option(
    help: ArgumentHelp(
      "Write who comes and goes, and faults, as a log: stderr, or journal with priorities. With "
        + "--detached in place of sentences.", valueName: "where"))
  var notices: LogStyle?

  @Option(
    help: ArgumentHelp(
      "Run this in the shell when somebody gets the floor or waits for it, with CHAT_EVENT, "
        + "CHAT_HANDLE and CHAT_ADDRESS.", valueName: "command"))
  var onArrival: String?

  @Option(help: "Your name in the conversation: one word of 1 to 10 characters.")
  var handle = "SERVER"

  @Option(help: "Listen at this address alone.")
  var bind: String?

  @Option(
    help: """
      The transcript. Also $CHATSERVE_DATABASE; otherwise \
      $XDG_STATE_HOME/chatserve/transcript.db or ~/.local/state/chatserve/transcript.db.
      """, completion: .file())
  var database: String?

  @Option(
    help: """
      The key that peers know this server by; made when it is missing. Otherwise \
      $XDG_CONFIG_HOME/chatserve/key or ~/.config/chatserve/key.
      """, completion: .file())
  var keyFile: String?

  @Flag(help: "Turn away who speaks without encryption, such as nc and telnet.")
  var requireEncryption = false

  @Option(
    help: """
      Let in only those whose keys are in this file, and by the names there; see chatserve allow.
      """, completion: .file())
  var allow: String?

  @Flag(help: "Keep nothing that is said: no transcript, no file at all.")
  var noLog = false

  // A number below zero looks like an option, and is to be refused as a number.
  @Option(
    parsing: .unconditional,
    help: "Seconds of silence allowed to the peer whose turn it is; 0 is for ever.")
  var idleTimeout = 300

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds in which a client whose connection is lost can come back; 0 is never.",
      valueName: "seconds"))
  var resumeWithin = 300

  @Option(help: "turns: one message each, the client first. free: both at any time.")
  var mode = Mode.turns

  @Flag(help: "Send no name first, for clients that take it for the first answer.")
  var noGreeting = false

  @Option(parsing: .unconditional, help: "Peers that may wait in the queue.")
  var maxWaiting = 8

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Connections without a name at once; 0 is any number. From the first number on a newcomer "
        + "is refused with the chance in per cent, from the last on always.",
      valueName: "start:rate:full"))
  var maxStart = "10:30:100"

  @Option(
    parsing: .unconditional,
    help: "Connections of one address at once; 0 is any number, as often as they like.")
  var perSource = 4

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Seconds that an address is refused at most, whose connections say nothing or break the "
        + "protocol; 0 is never.", valueName: "seconds"))
  var maxPenalty = 600

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Bytes a second that a peer may say, over 10 seconds, before it is read more slowly; 0 is "
        + "any number.", valueName: "bytes"))
  var rate = ByteCount(bytes: 1 << 20)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Room on the transcript's disk that recording leaves, as 64M or 2%; 0 is none. (default: 1% "
        + "or 64M, whichever is less)", valueName: "bytes"))
  var diskReserve: String?

  @OptionGroup(title: "View options")
  var view: ViewOptions

  @OptionGroup var config: ConfigOptions
  @OptionGroup var version: VersionOption

  static let variables = ["database": "CHATSERVE_DATABASE"]
  // Whatever it says, nothing is kept with --no-log.
  static let ownVariables: Set<String> = ["database"]

  func validate() throws {
    guard (0...31_536_000).contains(idleTimeout) else {
      throw ValidationError("--idle-timeout takes 0 to 31536000 seconds, not \(idleTimeout).")
    }
    guard (0...86_400).contains(resumeWithin) else {
      throw ValidationError("--resume-within takes 0 to 86400 seconds, not \(resumeWithin).")
    }
    guard (0...1_000).contains(maxWaiting) else {
      throw ValidationError("--max-waiting takes 0 to 1000 peers, not \(maxWaiting).")
    }
    guard maxStart == "0" || MaxStart(maxStart) != nil else {
      throw ValidationError(
        "--max-start takes 0, a number from 1 to 1000, or three such as 10:30:100, not \(maxStart)."
      )
    }
    guard rate.bytes == 0 || (1024...(1 << 40)).contains(rate.bytes) else {
      throw ValidationError("--rate takes 0, or 1K to 1024G bytes a second.")
    }
    if let diskReserve, DiskReserve(argument: diskReserve) == nil {
      throw ValidationError(
        "--disk-reserve takes a number of bytes such as 64M, or 1% to 99%, not \(diskReserve).")
    }
    guard (0...1_000).contains(perSource) else {
      throw ValidationError("--per-source takes 0 to 1000 connections, not \(perSource).")
    }
    guard (0...86_400).contains(maxPenalty) else {
      throw ValidationError("--max-penalty takes 0 to 86400 seconds, not \(maxPenalty).")
    }
  }

  func run() throws {
    let handle: Handle
    do throws(HandleError) {
      handle = try Handle(self.handle)
    } catch {
      ProgramExit.usage.leave(SharedWords.badHandle(error, program: "chatserve"))
    }
    let database = transcript()
    if let notices, notices != .none, !detached, FileDescriptor.standardError.isTerminal {
      ProgramExit.usage.leave(UserMessages.logOnTerminal)
    }
    let manager = ServiceManager.take()
    let activated = Activation.take(port: port, address: bind)
    var settings = ServerSettings(
      port: activated?.boundPort ?? PortQuestion.port(from: port, asks: !detached),
      address: activated == nil ? bind : activated?.address, handle: handle, mode: mode,
      idleLimit: idleTimeout == 0 ? nil : .seconds(idleTimeout),
      waitingLimit: maxWaiting, database: database, version: Version.text)
    settings.isDetached = detached
    settings.onArrival = onArrival
    settings.activated = activated
    settings.manager = manager
    if detached { Activation.dropTerminal() }
    settings.desk = view.openDesk(for: "chatserve")
    settings.keyFile = key()
    settings.requiresEncryption = requireEncryption
    settings.allowFile = allow.map { AllowFile(path: $0) }
    settings.greets = !noGreeting
    settings.resumeWithin = .seconds(resumeWithin)
    settings.rate = rate.bytes == 0 ? nil : rate.bytes
    settings.diskReserve = diskReserve.flatMap { DiskReserve(argument: $0) } ?? .default
    settings.admission = AdmissionSettings(
      maxStart: MaxStart(maxStart), perSource: perSource, longestPenalty: .seconds(maxPenalty))
    do throws(ServerError) {
      let words = ServerWords(
        sentence: { [file = settings.allowFile] in
          UserMessages.sentence($0, beside: handle, file)
        },
        desk: DeskWords(for: .server, called: handle, isAttached: detached).sentence,
        peer: UserMessages.peerPhrases,
        log: notices.map { style in
          { [file = settings.allowFile] in UserMessages.log($0, style, beside: handle, file) }
        })
      try Listener(settings, words).run()
    } catch {
      let (sentence, status) = UserMessages.failure(error)
      status.leave(sentence)
    }
  }

  func fault() -> String? {
    do throws(HandleError) {
      _ = try Handle(handle)
      return nil
    } catch {
      return SharedWords.badHandle(error, program: "chatserve")
    }
  }

  func settled() -> Set<String> {
    noLog ? ["database"] : database == nil ? [] : ["no-log"]
  }

  func meaning(of name: String) -> String? {
    switch name {
    case "database" where !noLog: DatabasePath.choose(option: nil)
    case "key-file": KeyFile.path(option: nil)
    default: nil
    }
  }

  /// Where the key is; nowhere with `--no-log` and no home directory.
  private func key() -> KeyFile {
    if let path = KeyFile.path(option: keyFile) { return KeyFile(path: path, mayBeMade: !noLog) }
    if !noLog { ProgramExit.usage.leave(UserMessages.noKeyPath) }
    return KeyFile(path: "", mayBeMade: false)
  }

  /// Where the transcript is; `nil` when there shall be none.
  private func transcript() -> String? {
    if noLog {
      if database != nil { ProgramExit.usage.leave(UserMessages.logNowhereAndSomewhere) }
      return nil
    }
    guard let path = DatabasePath.choose(option: database) else {
      ProgramExit.usage.leave(UserMessages.noDatabasePath)
    }
    return path
  }
}
