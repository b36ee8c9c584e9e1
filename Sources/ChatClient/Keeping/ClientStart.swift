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

  /// Where a conversation is kept; `nil` where it is not, for `obstacle`'s reason if there
  /// is one.
  struct Place {
    var file: TalkFile?
    var obstacle: TalkStore.Obstacle?
  }

  private(set) var former = Former.none
  /// This one's.
  private(set) var place = Place()
  /// For another, should the server not know ``former``, which is left in its place then.
  private(set) var spare = Place()
  /// Those under another name, which nobody goes on with now.
  private(set) var others: [TalkRecord] = []
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
      place.obstacle = findings.obstacle
    } catch {
      place.obstacle = error
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
    let kept = findings.kept.filter { !$0.record.isOver(at: now) }
    do throws(SecureSetupError) {
      if settings.keeping == .takeOver, let record = findings.living.first {
        if let terms = try LinkTerms(of: record.link, trust) { former = .goOn(record, terms) }
      } else if let next = kept.first(where: { Self.isWanted($0.record, settings) }),
        let terms = try LinkTerms(of: next.record.link, trust)
      {
        let isOver = next.record.isLeaving || settings.keeping == .new
        former = isOver ? .end(next.record, terms) : .goOn(next.record, terms)
        place.file = next.file
      }
    } catch {
      throw .security(error)
    }
    others = kept.filter { $0.file !== place.file && !$0.record.isLeaving }.map(\.record)
    if case .goOn = former { return }
    if settings.keeping == .takeOver { throw .nothingToTakeOver }
  }

  /// Whether this start is about it: one that was left is told by any.
  private static func isWanted(_ record: TalkRecord, _ settings: ClientSettings) -> Bool {
    record.isLeaving || settings.keeping == .new || settings.handle == nil
      || settings.handle == record.past.handle
  }

  /// Opens a file for this conversation, where it has none yet, and one to spare. One that
  /// is damaged or stale is emptied before it is written to, once the user has read of it.
  mutating func prepare() {
    guard let store else { return }
    if place.file == nil, let damaged = damaged.first {
      place.file = damaged
    } else if place.file == nil {
      let made = Self.make(in: store)
      place.file = made.file ?? stale.last?.file
      if place.file == nil { place.obstacle = made.obstacle }
    }
    if case .none = former { return }
    spare = Self.make(in: store)
  }

  private static func make(in store: TalkStore) -> Place {
    do throws(TalkStore.Obstacle) {
      return Place(file: try store.make())
    } catch {
      return Place(obstacle: error)
    }
  }
}
