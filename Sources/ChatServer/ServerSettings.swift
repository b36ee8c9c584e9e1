import ChatCore
import ChatPosix
import ChatTerminal
import Transcript

/// What chatserve is given once, by its command line and environment.
public struct ServerSettings {
  /// 1024 to 65535; 0, any free port, is for tests.
  public var port: UInt16
  /// Where to listen; `nil` is everywhere.
  public var address: String?
  public var handle: Handle
  public var mode: Mode
  /// Silence allowed to the peer whose turn it is; `nil` is
  /// for ever.
  public var idleLimit: Duration?
  /// Peers that may wait in the queue, beside the one who has the floor.
  public var waitingLimit: Int
  /// Bytes a second of one conversation, over ten seconds, past which its peer is
  /// read more slowly; `nil`: as fast as it writes.
  public var rate: Int64? = 1 << 20
  /// What is left of the transcript's disk to other programs.
  package var diskReserve = DiskReserve.default
  /// What newcomers may cost.
  public var admission = AdmissionSettings.default
  /// Whether a client is sent the server's handle before it says anything; some
  /// of the original's class take it for the first answer.
  public var greets = true
  /// Where the key is that peers know the server by.
  package var keyFile = KeyFile(path: "", mayBeMade: false)
  /// Whether who speaks in clear is turned away.
  public var requiresEncryption = false
  /// The file that says who is let in; `nil`: everybody is.
  package var allowFile: AllowFile?
  /// What it says when a conversation begins.
  var allowList: AllowList?
  /// Whether it runs without a terminal, with nobody at it.
  public var isDetached = false
  /// The socket that the service manager listens at; `nil`: one is opened.
  public var activated: ListeningSocket?
  /// What the operator wants run when somebody comes, in words for the shell.
  public var onArrival: String?
  /// Who started this server, and wants to know how it does.
  public var manager: ServiceManager?
  /// The transcript's path; `nil`: nothing is kept.
  public var database: String?
  /// Whether there is a transcript.
  var isKept: Bool { database != nil }
  /// So long a client can come back after its link was lost; zero: it cannot.
  public var resumeWithin = Duration.seconds(300)
  /// What the transcript keeps conversations for; zero without one.
  var grace: Duration { isKept ? resumeWithin : .zero }
  /// Of this program, for the transcript.
  public var version: String
  /// Standard input was at its end before anybody typed: nobody is there.
  var operatorIsAbsent = false
  package var desk = DeskOptions()

  public init(
    port: UInt16, address: String?, handle: Handle, mode: Mode, idleLimit: Duration?,
    waitingLimit: Int, database: String?, version: String
  ) {
    self.port = port
    self.address = address
    self.handle = handle
    self.mode = mode
    self.idleLimit = idleLimit
    self.waitingLimit = waitingLimit
    self.database = database
    self.version = version
  }
}
