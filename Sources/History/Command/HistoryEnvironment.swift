import ChatCore
import ChatPosix
import ChatProgram
import ChatServer
import Transcript

/// What a history command sees of the world. The program's own is
/// ``ofProcess()``; a test makes one up.
public struct HistoryEnvironment {
  /// The value of an environment variable; `nil` when it is not set.
  public var variable: (String) -> String?
  /// What the server's configuration file says of options that verbs have, too.
  public var configured: [String: String]
  public var now: () -> Timestamp
  public var output: any OutputSink
  public var errors: any OutputSink
  /// The columns of the terminal that output goes to; `nil` when it goes
  /// elsewhere.
  public var columns: Int?
  /// Whether questions can be asked: input and errors are a terminal.
  public var canAsk: Bool
  /// Whether a person watches standard error.
  public var showsProgress: Bool
  /// The next line of input; `nil` at its end.
  public var readAnswer: () -> String?
  /// Starts a pager; `nil` when there is none to start.
  public var startPager: (PagerCommand) -> (any PagerProcess)?
  /// From here on Ctrl-C is for ``wait`` to report.
  public var prepareToWait: () -> Void
  /// From here on what else would end the program is, too: there is something to clean up.
  public var prepareToCleanUp: () -> Void
  /// Waits so many milliseconds for something to change.
  public var wait: (Int64) -> Waited
  /// Starts a process with the key of this file, or with the user's own.
  package var startSigner: (_ keyFile: String?) -> SignerStart
  /// The public halves of the user's own keys from before a change, 32 bytes each.
  package var formerKeys: () -> [[UInt8]]
  /// Where the newest seal of a transcript is kept beside this key, or the user's own;
  /// `nil`: nowhere.
  package var keptSeal: (_ database: String, _ keyFile: String?) -> KeptSealFile?
  /// How many columns a character takes on a terminal.
  public var width: @Sendable (Character) -> Int
  /// How many it takes at most, on any terminal.
  public var greatestWidth: @Sendable (Character) -> Int

  /// How a wait ended.
  public enum Waited: Sendable {
    case passed
    /// By Ctrl-C.
    case interrupted
    /// The reader of the output has gone.
    case outputClosed
  }

  /// What came of a start.
  package enum SignerStart {
    case signer(any SealSigner)
    /// There is no key; where it would be, where that is known.
    case noKey(String?)
    case failed(path: String)
  }

  public init(output: any OutputSink, errors: any OutputSink) {
    variable = { _ in nil }
    configured = [:]
    now = { Timestamp(milliseconds: 0) }
    self.output = output
    self.errors = errors
    columns = nil
    canAsk = false
    showsProgress = false
    readAnswer = { nil }
    startPager = { _ in nil }
    prepareToWait = {}
    prepareToCleanUp = {}
    wait = { _ in .interrupted }
    startSigner = { _ in .noKey(nil) }
    formerKeys = { [] }
    keptSeal = { _, _ in nil }
    width = { _ in 1 }
    greatestWidth = { _ in 1 }
  }

  var isTerminal: Bool { columns != nil }

  /// Says on standard error why nothing came of it.
  ///
  /// - Returns: what to end with.
  func report(_ error: HistoryError) -> ProgramExit {
    // Nobody is left to read that standard error is gone.
    try? errors.write(Array("chatserve: \(HistoryMessages.text(of: error))\n".utf8))
    return HistoryMessages.exit(for: error)
  }
}
