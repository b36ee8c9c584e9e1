import ArgumentParser
import ChatPosix
import ChatProgram
import Transcript

/// `history tail`: the last events, then each new one as it is recorded.
struct TailCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "tail", abstract: "Show the last events and follow, until Ctrl-C.",
    discussion: """
      -n 0 shows only what is new. It goes on when the server is started again, and when the \
      transcript is replaced by another.
      """)

  @Flag(name: [.customShort("f"), .long], help: "Follow, as it does anyway.")
  var follow = false

  @OptionGroup var filters: FilterOptions
  @OptionGroup var options: OutputOptions

  var common: CommonOptions { options.common }

  /// As tail(1).
  private static let defaultLimit = 10
  /// Four looks a second: as soon as a person notices, and next to no work.
  private static let interval: Int64 = 250

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    var selection = try filters.selection(session)
    selection.limit = try FilterOptions.count(options.limit, option: "-n") ?? Self.defaultLimit
    guard let library = try session.library() else { return .done }
    if library.isSeveral, selection.filter.after != nil {
      throw .notOfSeveral(option: "--after-event")
    }
    let format = options.format(session, selection, isPaged: false)
    do {
      return try follow(
        MergedFollowers(
          library.archives.map { Follower($0, selection, counting: format.showsCounts) }
        ) { session.fail(.transcript($0)) },
        selection, format, session)
    } catch {
      throw HistoryError(error)
    }
  }

  private func follow(
    _ followers: MergedFollowers, _ selection: Selection, _ format: any HistoryFormat,
    _ session: HistorySession
  ) throws -> ProgramExit {
    let first = followers.follower(0)
    var renderer = Renderer(
      first.archive, selection, first.summaries, format, session.output())
    renderer.begin()
    let past = try followers.start(atMost: selection.limit ?? 0)
    // Before anything is shown that Ctrl-C may be an answer to.
    session.environment.prepareToWait()
    try followers.show(past, &renderer)
    renderer.flush()
    while renderer.output.failure == nil {
      switch session.environment.wait(Self.interval) {
      case .passed: break
      case .interrupted:
        renderer.flush()
        return .interrupted
      case .outputClosed: return .done
      }
      try followers.look(&renderer) { session.note(HistoryMessages.replaced($0)) }
      renderer.flush()
    }
    try session.check(renderer.output)
    return .done
  }
}
