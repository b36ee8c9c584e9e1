import ChatCore
import ChatPosix
import ChatSecure

/// What the user wants of conversations that were kept.
package enum KeepingWish {
  /// To go on with one that was cut off, and to have this one kept.
  case usual
  /// To go on with one that another chatclient has, or had.
  case takeOver
  /// To begin another, and to end the one before.
  case new
  /// Nothing is kept, nor gone on with.
  case none
}

/// How a chatclient begins: with a conversation of its own, or with one that was kept.
struct ClientStart {
  /// One that was kept, and what is done with it.
  struct Former {
    var record: TalkRecord
    var terms: LinkTerms
    /// The server is told that it is over, and nothing else.
    var isToEnd: Bool
    /// `nil` where another chatclient has it.
    var file: TalkFile?
  }

  /// What nobody will go on with.
  struct Stale {
    var file: TalkFile
    var record: TalkRecord
    /// Whether it is not over: the keys that it went on with are not known any more.
    var isForgotten: Bool
  }

  /// Where a conversation is kept; `nil` where it is not, for `obstacle`'s reason if there
  /// is one.
  struct Place {
    var file: TalkFile?
    var obstacle: TalkStore.Obstacle?
  }

  /// The newest first: the others are for where a server does not have it any more.
  private(set) var former: [Former] = []
  /// This one's.
  private(set) var place = Place()
  /// For another, should the server not know ``former``, which is left in its place then.
  private(set) var spare = Place()
  /// Those under another name, which nobody goes on with now.
  private(set) var others: [TalkRecord] = []
  /// Those of which the user is to read once more.
  private(set) var stale: [Stale] = []
  /// One that another chatclient has, where this one would be beside it.
  private(set) var living: TalkRecord?
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
    var kept: [(file: TalkFile, record: TalkRecord)] = []
    for (file, record) in findings.kept {
      let isOver = record.isOver(at: now)
      if !isOver, !trust.hasForgotten(record.link) {
        kept.append((file, record))
      } else if record.past.unconfirmed.isEmpty, record.draft.isEmpty, isOver || record.isLeaving {
        file.clear()
      } else {
        stale.append(
          Stale(file: file, record: record, isForgotten: !isOver && !record.isLeaving))
      }
    }
    do throws(SecureSetupError) {
      let living = try Self.first(
        of: findings.living.filter { !$0.isOver(at: now) && !$0.isLeaving }, trust)
      if settings.keeping == .takeOver, let living {
        former = [living]
      } else {
        former = try Self.former(of: kept, settings, trust)
      }
      // Whoever gives another name wants another conversation.
      let isOwn = living.map { $0.record.past.handle == settings.handle ?? $0.record.past.handle }
      let isBeside = isOwn == true && former.allSatisfy(\.isToEnd)
      if settings.keeping == .usual, isBeside { self.living = living?.record }
    } catch {
      throw .security(error)
    }
    others = kept.filter { (file, record) in
      !record.isLeaving && !former.contains { $0.file === file }
    }.map(\.record)
    if settings.keeping == .takeOver, former.allSatisfy(\.isToEnd) {
      throw .nothingToTakeOver
    }
  }

  /// The first that can be taken over.
  private static func first(
    of living: [TalkRecord], _ trust: ServerTrust
  ) throws(SecureSetupError) -> Former? {
    for record in living {
      if let terms = try LinkTerms(of: record.link, trust) {
        return Former(record: record, terms: terms, isToEnd: false)
      }
    }
    return nil
  }

  /// Those that this start is about: one that is to be gone on with under one name, and
  /// all that were left.
  private static func former(
    of kept: [(file: TalkFile, record: TalkRecord)], _ settings: ClientSettings,
    _ trust: ServerTrust
  ) throws(SecureSetupError) -> [Former] {
    var former: [Former] = []
    var handle = settings.handle
    for (file, record) in kept {
      let isCutOff = !record.isLeaving && !former.contains { !$0.record.isLeaving }
      let isToEnd = record.isLeaving || settings.keeping == .new && isCutOff
      guard
        isToEnd || settings.keeping != .new && record.past.handle == handle ?? record.past.handle,
        let terms = try LinkTerms(of: record.link, trust)
      else { continue }
      if !isToEnd { handle = record.past.handle }
      former.append(Former(record: record, terms: terms, isToEnd: isToEnd, file: file))
    }
    return former
  }

  /// Opens a file for this conversation, where it has none yet, and one to spare. One that
  /// is damaged or stale is emptied before it is written to, once the user has read of it.
  mutating func prepare() {
    guard let store else { return }
    place.file = former.first?.file
    if place.file == nil, let damaged = damaged.first {
      place.file = damaged
    } else if place.file == nil {
      let made = Self.make(in: store)
      place.file = made.file ?? stale.last?.file
      if place.file == nil { place.obstacle = made.obstacle }
    }
    if !former.isEmpty { spare = Self.make(in: store) }
  }

  private static func make(in store: TalkStore) -> Place {
    do throws(TalkStore.Obstacle) {
      return Place(file: try store.make())
    } catch {
      return Place(obstacle: error)
    }
  }
}
