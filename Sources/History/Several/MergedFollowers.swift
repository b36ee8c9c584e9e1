import ChatCore
import Transcript

/// Finds new events in one transcript or several. What one look finds is merged
/// by time.
///
/// Of several, one that cannot be read any further is handed to `fail` and left
/// out from there on.
final class MergedFollowers {
  typealias Found = (follower: Int, event: Event)

  private var followers: [Follower]
  private var gone: Set<Int> = []
  private let fail: (TranscriptError) -> Void

  init(_ followers: [Follower], fail: @escaping (TranscriptError) -> Void) {
    self.followers = followers
    self.fail = fail
  }

  func follower(_ index: Int) -> Follower { followers[index] }

  /// The newest events that are there already, oldest first.
  func start(atMost limit: Int) throws -> [Found] {
    var found: [Found] = []
    try each { index in
      found += try followers[index].start().map { (index, $0) }
    }
    return Array(sorted(found).suffix(limit))
  }

  /// Shows what has come since the last look. `replaced` is given the path of a
  /// transcript that another file has taken the place of.
  func look(_ renderer: inout Renderer, _ replaced: (String) -> Void) throws {
    // Of one alone nothing has to be held for the others.
    if followers.count == 1 {
      try look(0, replaced) { event in
        try show([event], &renderer)
      } changed: {
        try renderer.change(to: followers[0].archive, followers[0].summaries)
      }
      return
    }
    var found: [Found] = []
    try each { index in
      try look(index, replaced) {
        found.append($0)
      } changed: {
        // What was found of the old file has its ids.
        try show(sorted(found), &renderer)
        found = []
        try renderer.change(to: followers[index].archive, followers[index].summaries)
      }
    }
    try show(sorted(found), &renderer)
  }

  private func look(
    _ index: Int, _ replaced: (String) -> Void, _ body: (Found) throws -> Void,
    changed: () throws -> Void
  ) throws {
    let follower = followers[index]
    // Asked before the look, which then sees all that was written to a file
    // before it was replaced.
    let isReplaced = try !follower.archive.connection.isAtItsPath()
    try follower.next { event in try body((index, event)) }
    if isReplaced, follower.changeOver() {
      try changed()
      replaced(follower.archive.connection.path)
      try follower.next { event in try body((index, event)) }
    }
  }

  func show(_ found: [Found], _ renderer: inout Renderer) throws {
    for (index, event) in found where !gone.contains(index) {
      try attempt(index, &renderer) { renderer in
        try renderer.turn(to: followers[index].archive, followers[index].summaries)
        try renderer.show(event)
      }
    }
  }

  private func each(_ body: (Int) throws -> Void) throws {
    for index in followers.indices where !gone.contains(index) {
      do {
        try body(index)
      } catch let error as TranscriptError {
        try drop(index, error)
      }
    }
  }

  private func attempt(
    _ index: Int, _ renderer: inout Renderer, _ body: (inout Renderer) throws -> Void
  ) throws {
    do {
      try body(&renderer)
    } catch let error as TranscriptError {
      try drop(index, error)
      renderer.giveUp()
    }
  }

  private func drop(_ index: Int, _ error: TranscriptError) throws {
    if followers.count == 1 { throw error }
    gone.insert(index)
    fail(error)
  }

  /// By time, each transcript's own in their order.
  private func sorted(_ found: [Found]) -> [Found] {
    if followers.count == 1 { return found }
    var queues = followers.indices.map { index in found.filter { $0.follower == index }[...] }
    var merged: [Found] = []
    while let next = queues.indices.filter({ !queues[$0].isEmpty }).min(by: { one, other in
      (queues[one].first?.event.time.milliseconds ?? 0)
        < (queues[other].first?.event.time.milliseconds ?? 0)
    }) {
      merged += [queues[next].removeFirst()]
    }
    return merged
  }
}
