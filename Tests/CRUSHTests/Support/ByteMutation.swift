/// Small damage to bytes: what a fuzzer does.
enum ByteMutation {
    /// One to four changes.
    static func mutate(_ bytes: [UInt8], using generator: inout some RandomNumberGenerator) -> [UInt8] {
        var result = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) { change(&result, using: &generator) }
        return result
    }

    private static func change(_ bytes: inout [UInt8], using generator: inout some RandomNumberGenerator) {
        guard !bytes.isEmpty else { return bytes = [UInt8.random(in: 0...255, using: &generator)] }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes[place] = ([0, 1, 0x7f, 0x80, 0xff] as [UInt8]).randomElement(using: &generator) ?? 0
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...8, using: &generator)))
        case 4: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
        case 5:
            // A length or a count that is huge or off by one.
            let words: [UInt32] = [0, 1, 0xffff_ffff, 0x8000_0000, 0x1000, UInt32(bytes.count)]
            let word = words.randomElement(using: &generator) ?? 0
            for index in 0..<4 where place + index < bytes.count {
                bytes[place + index] = UInt8(word >> (8 * UInt32(index)) & 0xff)
            }
        case 6:
            let end = min(bytes.count, place + Int.random(in: 1...32, using: &generator))
            bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0..<bytes.count, using: &generator))
        default: bytes.removeSubrange(place...)
        }
    }
}
