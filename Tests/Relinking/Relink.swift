import ChatDigest
import Transcript

/// Makes all links and digests new, as somebody can who may write the file: what a row
/// says then is what the chain says.
package func relink(_ connection: Connection) throws(TranscriptError) {
  try connection.write { () throws(TranscriptError) in
    let runs = try connection.prepare("SELECT id FROM server_run")
    var digest = RunDigest(connection)
    while try runs.step() { try digest.set(runs.integer(at: 0)) }

    var links = EventLinks(connection)
    var last: [Int64: Digest] = [:]
    let events = try connection.prepare(EventLinks.select)
    let update = try connection.prepare("UPDATE event SET link = ?2 WHERE id = ?1")
    while try events.step() {
      let conversation = events.integer(at: 1)
      let link = try links.link(of: events, after: last[conversation] ?? .zero)
      last[conversation] = link
      update.bind(events.integer(at: 0), at: 1)
      update.bind(link.bytes, at: 2)
      try update.run()
    }
  }
}
