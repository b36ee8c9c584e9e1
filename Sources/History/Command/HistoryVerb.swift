import ArgumentParser

/// A verb of `chatserve history`.
protocol HistoryVerb: ParsableCommand {
  var common: CommonOptions { get }

  /// Does it.
  ///
  /// - Returns: what the program ends with.
  /// - Throws: ``HistoryError``, for the sentence and the code.
  func perform(_ session: HistorySession) throws(HistoryError) -> HistoryExit
}

extension HistoryVerb {
  public func run() throws {
    let exit = run(in: .ofProcess())
    if exit != .done { throw ExitCode(exit.rawValue) }
  }

  func run(in surroundings: Surroundings) -> HistoryExit {
    do throws(HistoryError) {
      let session = try HistorySession(surroundings, common)
      defer { session.finish() }
      do throws(HistoryError) {
        return try perform(session)
      } catch {
        // Before the sentence, or the pager would paint over it.
        session.finish()
        throw error
      }
    } catch {
      return surroundings.tell(error)
    }
  }
}
