import ChatCore
import ChatPosix
import ChatSecure

/// What the user wants of conversations that were kept.
package enum KeepingWish {
  /// To go on with one that was cut off, and to have this one kept.
  case usual
  /// To go on also with one that another chatclient has.
  case takeOver
  /// To begin another, and to end the one before.
  case new
  /// Nothing is kept, nor gone on with.
  case none
}

/// How a chatclient begins: with a conversation of its own, or with one that was kept.
struct ClientStart {
  /// What is done with the newest one.
  enum Former {
    case none
    case goOn(TalkRecord, LinkTerms)
    /// The server is told that it is over, before anything else.
    case end(TalkRecord, LinkTerms)
  }

  private(set) var former = Former.none
  /// Where this one is kept; `nil` where it is not, for ``obstacle``'s reason if there is one.
  private(set) var file: TalkFile?
  private(set) var obstacle: TalkStore.Obstacle?
  /// What nobody will go on with, and has messages that were not confirmed or a line that
  /// was not said.
  private(set) var stale: [(file: TalkFile, record: TalkRecord)] = []
  private(set) var damaged: [TalkFile] = []
  private let store: TalkStore?

  /// Looks for what was kept.
  ///
  /// - Throws: ``ConnectError``: there is nothing to be taken over; OpenSSL cannot be used.
  init(_ settings: ClientSettings, _ trust: ServerTrust, at now: Timestamp) throws(ConnectError) {
    // A pipe goes on with nothing that it did not begin.
    guard settings.keeping != .none, FileDescriptor.standardInput.isTerminal else {
      store = nil
      return
    }
    var findings = TalkStore.Findings()
    var store: TalkStore?
    do throws(TalkStore.Obstacle) {
      store = try TalkStore(host: settings.host, port: settings.port)
      if let store { findings = store.look() }
      obstacle = findings.obstacle
    } catch {
      obstacle = error
    }
    self.store = store
    damaged = findings.damaged
    for (file, record) in findings.kept where record.isOver(at: now) {
      if record.past.unconfirmed.isEmpty, record.draft.isEmpty {
        file.clear()
      } else {
        stale.append((file, record))
      }
    }
    let kept = findings.kept.first { !$0.record.isOver(at: now) }
    do throws(SecureSetupError) {
      if settings.keeping == .takeOver, let record = findings.living.first {
        if let terms = try LinkTerms(of: record.link, trust) { former = .goOn(record, terms) }
      } else if let kept, let terms = try LinkTerms(of: kept.record.link, trust) {
        take(kept.record, terms, settings)
        if case .none = former {} else { file = kept.file }
      }
    } catch {
      throw .security(error)
    }
    if case .goOn = former { return }
    if settings.keeping == .takeOver { throw .nothingToTakeOver }
  }

  private mutating func take(_ record: TalkRecord, _ terms: LinkTerms, _ settings: ClientSettings) {
    if record.isLeaving || settings.keeping == .new {
      former = .end(record, terms)
    } else if settings.handle == nil || settings.handle == record.past.handle {
      former = .goOn(record, terms)
    }
  }

  /// Opens a file for this conversation, where it has none yet. One that is damaged or
  /// stale is emptied before it is written to, once the user has read of it.
  mutating func prepare() {
    guard file == nil, let store else { return }
    if let damaged = damaged.first {
      file = damaged
      return
    }
    do throws(TalkStore.Obstacle) {
      file = try store.make()
    } catch {
      file = stale.last?.file
      if file == nil { obstacle = error }
    }
  }
}
