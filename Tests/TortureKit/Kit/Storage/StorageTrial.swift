import Glibc
import Harness
import Transcript

/// A conversation whose transcript meets a fault: nothing is acknowledged,
/// shown or sent that is not recorded, and the server lives.
public struct StorageTrial {
  public struct Report: Sendable {
    /// What the operator was told of it.
    public var sentence = ""
    public var acknowledgedBefore = 0
    public var acknowledgedAtEnd = 0
  }

  public static func run(_ fault: StorageFault) throws -> Report {
    var report = Report()
    try Stage.run { stage in
      let disk = try FaultyDisk(fault, home: stage.home)
      let server = try WrappedServer(stage, fault.wrapper, ["--database", disk.database])
      let peer = try NativePeer(port: server.port, handle: "bob")
      try peer.read { $0.hasFloor }
      peer.say(20)
      try peer.read { $0.acknowledged == 20 }
      report.acknowledgedBefore = peer.acknowledged
      try disk.make()
      try meet(fault, disk, server, peer)
      report.sentence = server.process.errorText.split(separator: "\n").last.map(String.init) ?? ""
      if fault.isForTheNext { try holdUp(server) }
      disk.mend()
      if fault.holdsBack { try goOn(server, peer) }
      report.acknowledgedAtEnd = peer.acknowledged
      try? peer.quit()
      let next = fault.isForGood ? nil : try serveNext(server)
      try server.stop()
      try check(fault, disk, [peer] + [next].compactMap { $0 }, shown: server.process.outputText)
    }
    return report
  }

  /// The peer and the operator talk while the fault is there.
  private static func meet(
    _ fault: StorageFault, _ disk: FaultyDisk, _ server: WrappedServer, _ peer: NativePeer
  ) throws {
    let before = peer.acknowledged
    peer.say(fault == .diskFull ? 2000 : 5)
    try server.process.send("from the operator\n")
    let patience = Deadline(seconds: Deadline.usual)
    while !patience.isOver {
      try peer.read(within: 0.05)
      server.process.takeOutput()
      let isTold = server.process.errorText.contains("cannot be recorded")
      if isTold || peer.hasEnded || (!fault.holdsBack && peer.acknowledged >= before + 5) { break }
    }
    if fault == .emptied { try server.process.waitFor("A new transcript has been begun") }
    guard fault.isTold else { return }
    try hold(
      server.process.errorText.contains("cannot be recorded"),
      "the operator was not told: \(server.process.errorText)")
    try hold(
      fault != .diskReadOnly || server.process.errorText.contains("read-only"),
      "the cause was not told: \(server.process.errorText)")
    try hold(peer.acknowledged < peer.said, "everything was acknowledged")
  }

  /// A newcomer cannot be recorded, and says nothing that is acknowledged.
  private static func holdUp(_ server: WrappedServer) throws {
    let next = try NativePeer(port: server.port, handle: "ann")
    next.say(1)
    try server.process.waitFor("cannot be recorded")
    try hold(next.acknowledged == 0, "what cannot be recorded was acknowledged")
    try? next.quit()
  }

  /// The conversation goes on when the fault ends.
  private static func goOn(_ server: WrappedServer, _ peer: NativePeer) throws {
    try server.process.waitFor("Recording works again.")
    try peer.read { $0.acknowledged == $0.said && !$0.heard.isEmpty }
    try hold(peer.acknowledged == peer.said, "the connection ended")
    try hold(peer.heard == ["from the operator"], "heard \(peer.heard)")
  }

  /// Another process writes the same transcript.
  private static func serveNext(_ server: WrappedServer) throws -> NativePeer {
    let next = try NativePeer(port: server.port, handle: "eve")
    do {
      try next.read { $0.hasFloor }
      next.say(5)
      try next.read { $0.acknowledged == 5 }
    } catch {
      server.process.takeOutput()
      throw TortureFailure("\(error): \(server.process.errorText)")
    }
    try hold(next.acknowledged == 5, "the next peer had \(next.acknowledged) of 5 acknowledged")
    try next.quit()
    return next
  }

  /// What was acknowledged, shown and sent is recorded, wherever the file can
  /// be read at all.
  private static func check(
    _ fault: StorageFault, _ disk: FaultyDisk, _ peers: [NativePeer], shown: String
  ) throws {
    switch fault {
    case .headerCorrupted, .pageCorrupted: return
    case .diskReadOnly, .modesReadOnly, .immutable, .diskFull, .permissionLost, .locked, .deleted,
      .emptied,
      .logDeleted, .directoryDeleted:
      break
    }
    try TranscriptCheck.integrity(disk.database)
    let reader = try Archive(path: disk.database)
    var texts: Set<String> = []
    for summary in try reader.summaries(newest: 10) {
      texts.formUnion(try reader.events(of: summary.id).compactMap { $0.said?.text })
    }
    // What was recorded in a file that somebody deleted went with it.
    let first = [.deleted, .emptied, .directoryDeleted].contains(fault) ? 21 : 1
    for peer in peers {
      let first = peer.handle == "bob" ? first : 1
      for number in first...max(first, peer.acknowledged) where number <= peer.acknowledged {
        try hold(
          texts.contains(NativePeer.text(number, of: peer.handle)),
          "\(peer.handle)'s message \(number) was acknowledged and is not recorded")
      }
      for text in peer.heard {
        try hold(texts.contains(text), "“\(text)” was sent and is not recorded")
      }
    }
    let rows = shown.split(separator: "\n").filter { $0.hasPrefix("bob> ") }.dropFirst(first - 1)
    for row in rows {
      try hold(texts.contains(String(row.dropFirst(5))), "“\(row)” was shown and is not recorded")
    }
  }
}
