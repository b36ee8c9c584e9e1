import ChatPosix
import ChatServer
import Transcript

/// The newest seal of a transcript, as it is kept beside the key.
struct KeptHere {
  private let place: KeptSealFile?
  private let session: HistorySession
  /// `nil` where none is kept.
  private(set) var mark: SealMark?

  /// Of a file that cannot be read, it is said why.
  fileprivate init(_ place: KeptSealFile?, _ session: HistorySession) {
    self.place = place
    self.session = session
    do throws(KeyTrouble) {
      mark = try place?.read()
    } catch {
      say(error)
    }
  }

  /// Keeps this one from now on; `nil`: none.
  mutating func keep(_ mark: SealMark?) {
    guard mark != self.mark else { return }
    self.mark = mark
    do throws(KeyTrouble) {
      try place?.keep(mark)
    } catch {
      say(error)
    }
  }

  private func say(_ trouble: KeyTrouble) {
    guard let place else { return }
    session.say(HistoryMessages.notKept(at: place.path, trouble))
  }
}

extension HistorySession {
  /// What is kept of the transcript at `database` beside the key that is meant. To be
  /// read before the transcript is, to which a server may add seals meanwhile.
  func kept(of database: String, _ key: KeyOptions) -> KeptHere {
    let file = key.isNamed ? key.keyFile : nil
    return KeptHere(environment.keptSeal(database, file), self)
  }
}
