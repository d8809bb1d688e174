/// Draws straws for up to 16 inputs from one bucket at a time: each lane is an input with its try.
///
/// Both kernels draw with what is cheap and near enough, and leave the lanes in which two items come so close that it
/// might not be right to the exact comparison.
struct StrawKernels {
    /// An input a lane.
    typealias Lanes = SIMD16<UInt32>

    let ids: UnsafeBufferPointer<Int32>
    let hashed: UnsafeBufferPointer<UInt32>
    let weights: UnsafeBufferPointer<UInt32>
    let inverses: UnsafeBufferPointer<Float>
    let logarithms: UnsafeBufferPointer<Int64>
    let approximate: UnsafeBufferPointer<Float>

    /// The place in the flat arrays of what each lane's input draws.
    @inline(__always)
    func draw(from table: StrawTables.Table, x: Lanes, r: Lanes) -> SIMD16<Int32> {
        if table.items.count == 1 { return SIMD16(repeating: Int32(table.items.lowerBound)) }
        if let window = table.window { return drawEqual(table.items, window: window, x: x, r: r) }
        return drawWeighted(table.items, x: x, r: r)
    }

    /// All weigh the same: the greatest hashed value wins, and of equal ones the first.
    @inline(__always)
    private func drawEqual(_ items: Range<Int>, window: Int32, x: Lanes, r: Lanes) -> SIMD16<Int32> {
        // The hashed 16 bits above, the distance from the bucket's end below: one comparison decides both.
        var best = SIMD16<Int32>(repeating: Int32.min)
        var second = best
        var rank = UInt32(items.count)
        for place in items {
            rank &-= 1
            let drawn = Self.hash(x, Lanes(repeating: hashed[place]), r)
            let key = SIMD16<Int32>(truncatingIfNeeded: ((drawn &<< 16) | rank) ^ 0x8000_0000)
            let wins = key .> best
            let loser = best.replacing(with: key, where: .!wins)
            second.replace(with: loser, where: loser .> second)
            best.replace(with: key, where: wins)
        }
        var chosen = Int32(items.upperBound) &- 1 &- (best & 0xffff)
        let distance = (best &>> 16) &- (second &>> 16) &- (window &+ 1)
        if Self.isAnyNegative(distance) { settle(&chosen, distance, items, x, r) }
        return chosen
    }

    /// Weights differ: an estimate of each straw, exact to 22 bits.
    @inline(__always)
    private func drawWeighted(_ items: Range<Int>, x: Lanes, r: Lanes) -> SIMD16<Int32> {
        var best = SIMD16<Float>(repeating: -.infinity)
        var second = best
        var chosen = SIMD16<Int32>(repeating: Int32(items.lowerBound))
        for place in items {
            let drawn = Self.hash(x, Lanes(repeating: hashed[place]), r) & 0xffff
            var straw = SIMD16<Float>()
            for lane in 0..<16 { straw[lane] = approximate[Int(drawn[lane])] }
            straw *= inverses[place]
            let wins = straw .> best
            let loser = best.replacing(with: straw, where: .!wins)
            second.replace(with: loser, where: loser .> second)
            best.replace(with: straw, where: wins)
            chosen.replace(with: SIMD16(repeating: Int32(place)), where: wins)
        }
        // Straws are below zero. A unit of the exact straw is 1 here, which counts where weights are huge.
        let distance = best - second - (second * (-1 / Float(1 << 20)) + 2)
        let signs = unsafeBitCast(distance, to: SIMD16<Int32>.self)
        if Self.isAnyNegative(signs) { settle(&chosen, signs, items, x, r) }
        return chosen
    }

    /// Whether a lane is below zero. The library's `any` goes through the lanes one by one.
    @inline(__always)
    private static func isAnyNegative(_ lanes: SIMD16<Int32>) -> Bool {
        let eight = lanes.lowHalf | lanes.highHalf
        let four = eight.lowHalf | eight.highHalf
        let two = four.lowHalf | four.highHalf
        return two.x | two.y < 0
    }

    /// Draws anew and exactly in the lanes whose distance is below zero.
    @inline(never)
    private func settle(
        _ chosen: inout SIMD16<Int32>, _ distance: SIMD16<Int32>, _ items: Range<Int>, _ x: Lanes, _ r: Lanes
    ) {
        for lane in 0..<16 where distance[lane] < 0 {
            chosen[lane] = drawExactly(items, x: x[lane], r: r[lane])
        }
    }

    /// What one input draws, by the book.
    @inline(__always)
    func drawExactly(_ items: Range<Int>, x: UInt32, r: UInt32) -> Int32 {
        var best = items.lowerBound
        var bestDraw = Int64.min
        for place in items {
            let drawn = Int(CRUSHHash.hash(x, hashed[place], r) & 0xffff)
            let draw = (logarithms[drawn] - (1 << 48)) / Int64(weights[place])
            if draw > bestDraw { (best, bestDraw) = (place, draw) }
        }
        return Int32(best)
    }

    /// ``CRUSHHash/hash(_:_:_:)`` of sixteen inputs.
    @inline(__always)
    private static func hash(_ first: Lanes, _ second: Lanes, _ third: Lanes) -> Lanes {
        var (a, b, c) = (first, second, third)
        var h = first ^ second ^ third ^ CRUSHHash.seed
        var x = Lanes(repeating: CRUSHHash.padding.x)
        var y = Lanes(repeating: CRUSHHash.padding.y)
        mix(&a, &b, &h)
        mix(&c, &x, &h)
        mix(&y, &a, &h)
        mix(&b, &x, &h)
        mix(&y, &c, &h)
        return h
    }

    @inline(__always)
    private static func mix(_ a: inout Lanes, _ b: inout Lanes, _ c: inout Lanes) {
        a = (a &- b &- c) ^ (c &>> 13)
        b = (b &- c &- a) ^ (a &<< 8)
        c = (c &- a &- b) ^ (b &>> 13)
        a = (a &- b &- c) ^ (c &>> 12)
        b = (b &- c &- a) ^ (a &<< 16)
        c = (c &- a &- b) ^ (b &>> 5)
        a = (a &- b &- c) ^ (c &>> 3)
        b = (b &- c &- a) ^ (a &<< 10)
        c = (c &- a &- b) ^ (b &>> 15)
    }
}
