import ChatCore
import ChatPosix

/// What a history command sees of the world. The program's own is
/// ``ofProcess()``; a test makes one up.
public struct Surroundings {
  public var environment: (String) -> String?
  public var now: () -> Timestamp
  /// The bytes of a file of the zone database; `nil` when there is none.
  public var readFile: (String) -> [UInt8]?
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
  /// From here on Ctrl-C is for ``wait`` to tell.
  public var prepareToWait: () -> Void
  /// Waits so many milliseconds for something to change.
  public var wait: (Int64) -> Waited
  /// How many columns a character takes on a terminal.
  public var width: @Sendable (Character) -> Int

  /// How a wait ended.
  public enum Waited: Sendable {
    case passed
    /// By Ctrl-C.
    case interrupted
    /// The reader of the output has gone.
    case outputClosed
  }

  public init(output: any OutputSink, errors: any OutputSink) {
    environment = { _ in nil }
    now = { Timestamp(milliseconds: 0) }
    readFile = { _ in nil }
    self.output = output
    self.errors = errors
    columns = nil
    canAsk = false
    showsProgress = false
    readAnswer = { nil }
    startPager = { _ in nil }
    prepareToWait = {}
    wait = { _ in .interrupted }
    width = { _ in 1 }
  }

  var isTerminal: Bool { columns != nil }
}
