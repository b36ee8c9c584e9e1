import ArgumentParser
import ChatCore
import ChatProgram
import Transcript

/// `history prune`: deletes what is old, for good.
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

  @OptionGroup var options: DeletionOptions

  var common: CommonOptions { options.common }

  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit {
    let time = try limit(session)
    // Forked before the transcript is opened.
    let signer = try options.signer(session)
    guard let archive = try session.archive() else { return .done }
    return try Deletion(
      session: session, archive: archive, options: options, verb: Self.name,
      wanted: .ended(before: time), nothing: HistoryMessages.nothingToPrune, signer: signer
    ).perform()
  }

  private func limit(_ session: HistorySession) throws(HistoryError) -> Timestamp {
    do {
      let form = try TimeForm(limit, now: session.now, zone: session.zone)
      return form.first(in: session.zone)
    } catch {
      throw .time(error, option: "--before")
    }
  }
}
