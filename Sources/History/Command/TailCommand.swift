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
    guard let archive = try session.archive() else { return .done }
    let format = options.format(session, selection, isPaged: false)
    let follower = Follower(archive, selection, counting: format.showsCounts)
    do {
      let summaries = follower.summaries
      var renderer = Renderer(archive, selection, summaries, format, session.output())
      renderer.begin()
      let first = try follower.start()
      // Before anything is shown that Ctrl-C may be an answer to.
      session.environment.prepareToWait()
      for event in first { try renderer.show(event) }
      renderer.flush()
      while renderer.output.failure == nil {
        switch session.environment.wait(Self.interval) {
        case .passed: break
        case .interrupted:
          renderer.flush()
          return .interrupted
        case .outputClosed: return .done
        }
        // Asked before the look, which then sees all that was written to a
        // file before it was replaced.
        let isReplaced = try !follower.archive.connection.isAtItsPath()
        try follower.next { event in try renderer.show(event) }
        if isReplaced, follower.changeOver() {
          try renderer.change(to: follower.archive, follower.summaries)
          session.note(HistoryMessages.replaced(follower.archive.connection.path))
          try follower.next { event in try renderer.show(event) }
        }
        renderer.flush()
      }
      try session.check(renderer.output)
      return .done
    } catch {
      throw HistoryError(error)
    }
  }
}
