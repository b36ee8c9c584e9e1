import ArgumentParser
import ChatCore
import ChatProgram
import ChatTerminal
import Transcript

/// `history prune`: deletes whole conversations, for good.
struct PruneCommand: HistoryVerb {
  static let configuration = CommandConfiguration(
    verb: "prune", abstract: "Delete conversations that ended before a time, for good.",
    discussion: """
      Whole conversations that are closed or lost go, out of the file too. A day counts from its \
      midnight: --before 2026-03-01 keeps March.
      """)

  @Option(
    name: .customLong("before"), parsing: .unconditional,
    help: ArgumentHelp("Those without an event at or after this time.", valueName: "time"))
  var limit: String

  @Flag(name: [.customShort("n"), .long], help: "Only list what would be deleted.")
  var dryRun = false

  @Flag(name: [.short, .long], help: "Do not ask.")
  var yes = false

  @OptionGroup var common: CommonOptions

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    let time = try limit(session)
    guard let archive = try session.archive() else { return .done }
    do {
      if dryRun { return try preview(archive, time, session) }
      let extent = try Pruner(archive.connection).preview(before: time)
      if extent.conversations == 0 {
        session.note(HistoryMessages.nothingToPrune)
        return .done
      }
      if !yes {
        guard session.environment.canAsk else { throw HistoryError.unconfirmed }
        guard confirm(extent, session) else {
          session.note(HistoryMessages.notPruned)
          return .done
        }
      }
      return try prune(time, expected: extent, session)
    } catch {
      throw HistoryError(error)
    }
  }

  private func limit(_ session: HistorySession) throws(HistoryError) -> Timestamp {
    do {
      let form = try TimeForm(limit, now: session.now, zone: session.zone)
      return form.first(in: session.zone)
    } catch {
      throw .time(error, option: "--before")
    }
  }

  private func preview(
    _ archive: Archive, _ time: Timestamp, _ session: HistorySession
  ) throws -> ProgramExit {
    var extent = Pruner.Extent()
    var output = session.output()
    let environment = session.environment
    var format: any HistoryFormat =
      environment.isTerminal
      ? TerminalFormat(
        zone: session.zone,
        screen: Screen(environment),
        palette: session.palette(.auto))
      : TSVFormat(zone: session.zone)
    try Pruner(archive.connection).each(before: time) { conversation in
      format.listed(conversation, into: &output)
      extent.add(conversation)
    }
    output.flush()
    try session.check(output)
    session.note(
      extent.conversations == 0
        ? HistoryMessages.nothingToPrune : HistoryMessages.wouldPrune(extent))
    return .done
  }

  private func confirm(_ extent: Pruner.Extent, _ session: HistorySession) -> Bool {
    try? session.environment.errors.write(Array(HistoryMessages.confirmPrune(extent).utf8))
    let answer = session.environment.readAnswer()?.lowercased()
    return answer == "y" || answer == "yes"
  }

  private func prune(
    _ time: Timestamp, expected: Pruner.Extent, _ session: HistorySession
  ) throws -> ProgramExit {
    let path = try session.location().path
    let sizeBefore = Archive.size(of: path)
    let pruner = Pruner(try Connection.forWriting(path))
    let progress = Progress(session)
    let extent = try pruner.prune(before: time, now: session.now) { count in
      progress.show(HistoryMessages.pruning(count, of: expected.conversations), count: 0)
    }
    progress.clear()
    do {
      if try !pruner.scrub() { session.note(HistoryMessages.logNotEmptied) }
    } catch {
      session.say(HistoryMessages.scrubFailed(error))
      return .inputOutput
    }
    let sizeAfter = Archive.size(of: path)
    session.note(HistoryMessages.pruned(extent, before: sizeBefore, after: sizeAfter))
    return .done
  }
}
