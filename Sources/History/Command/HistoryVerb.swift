import ArgumentParser
import ChatProgram

/// A verb of `chatserve history`; ``HistoryCommand/verbs`` has them all.
protocol HistoryVerb: ParsableCommand {
  var common: CommonOptions { get }

  /// Does it.
  ///
  /// - Returns: what the program ends with.
  /// - Throws: ``HistoryError``, for the sentence and the code.
  func perform(_ session: HistorySession) throws(HistoryError) -> ProgramExit
}

extension HistoryVerb {
  /// The word for it.
  static var name: String { configuration.commandName ?? "" }

  /// The words that come before it.
  static var place: String { "chatserve history" }

  /// What the argument parser calls by itself.
  public func run() throws {
    let exit = run(in: .ofProcess(configured: [:]))
    if exit != .done { throw ExitCode(exit.rawValue) }
  }

  func run(in environment: HistoryEnvironment) -> ProgramExit {
    do throws(HistoryError) {
      let session = try HistorySession(environment, common)
      defer { session.finish() }
      do throws(HistoryError) {
        let exit = try perform(session)
        return session.failure ?? exit
      } catch {
        // Before the sentence, or the pager would paint over it.
        session.finish()
        throw error
      }
    } catch {
      return environment.report(error)
    }
  }
}

extension CommandConfiguration {
  /// A verb's.
  init(verb: String, abstract: String, discussion: String = "") {
    self.init(
      commandName: verb, _superCommandName: "chatserve history", abstract: abstract,
      discussion: discussion)
  }
}
