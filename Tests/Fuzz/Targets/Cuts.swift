/// How a case is cut into reads: its first byte says how long they are.
struct Cuts {
  let data: [UInt8]
  let chunks: [[UInt8]]

  init(_ bytes: [UInt8]) {
    let rest = Array(bytes.dropFirst())
    data = rest
    // 1 to 16 bytes, so that cuts fall inside characters and sequences.
    let length = Int(bytes.first ?? 0) % 16 + 1
    chunks = stride(from: 0, to: rest.count, by: length).map {
      Array(rest[$0..<min($0 + length, rest.count)])
    }
  }
}
