extension CrushMap {
    /// The binary form, up to ``extent``: for a map that was decoded, the bytes that it was decoded from.
    ///
    /// Two things are not written as they were read: keys of 64 bits, which only releases before argonaut wrote, and
    /// entries of a table that are out of order or there twice, which no release writes.
    /// Source: `CrushWrapper::encode`.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.integer(Self.magic)
        writer.count(buckets.count)
        writer.count(rules.count)
        writer.integer(deviceLimit)
        for bucket in buckets { writer.bucket(bucket) }
        for rule in rules { writer.rule(rule) }
        writer.names(typeNames)
        writer.dictionary(itemNames) { (inner, item, name) in
            inner.integer(item.value)
            inner.string(name)
        }
        writer.names(ruleNames)
        encodeTunables(into: &writer)
        if extent >= .classes { encodeClasses(into: &writer) }
        if extent >= .chooseArgs { encodeChooseArgs(into: &writer) }
        if extent >= .msr {
            writer.integer(tunables.msrDescents)
            writer.integer(tunables.msrCollisionTries)
        }
        writer.raw(unknownTail)
        return writer.bytes
    }

    private func encodeTunables(into writer: inout ByteWriter) {
        if extent >= .tunables {
            writer.integer(tunables.chooseLocalTries)
            writer.integer(tunables.chooseLocalFallbackTries)
            writer.integer(tunables.chooseTotalTries)
        }
        if extent >= .descendOnce { writer.integer(tunables.chooseLeafDescendOnce) }
        if extent >= .varyR { writer.integer(tunables.chooseLeafVaryR) }
        if extent >= .strawCalc { writer.integer(tunables.strawCalcVersion) }
        if extent >= .allowedAlgorithms { writer.integer(tunables.allowedBucketAlgorithms) }
        if extent >= .stable { writer.integer(tunables.chooseLeafStable) }
    }

    private func encodeClasses(into writer: inout ByteWriter) {
        writer.dictionary(deviceClasses) { (inner, item, number) in
            inner.integer(item.value)
            inner.integer(number)
        }
        writer.names(classNames)
        writer.dictionary(shadowBuckets) { (inner, bucket, shadows) in
            inner.integer(bucket.value)
            inner.dictionary(shadows) { (entry, number, shadow) in
                entry.integer(number)
                entry.integer(shadow.value)
            }
        }
    }

    private func encodeChooseArgs(into writer: inout ByteWriter) {
        writer.dictionary(chooseArgs) { (inner, pool, overrides) in
            inner.integer(pool)
            inner.count(overrides.count)
            // By slot, which runs against the ids.
            for (bucket, override) in overrides.sorted(by: { $0.key > $1.key }) {
                inner.integer(UInt32(bitPattern: -1 - bucket.value))
                inner.list(override.weightSets) { (row, weights) in
                    row.list(weights) { $0.integer($1.raw) }
                }
                inner.list(override.ids ?? []) { $0.integer($1.value) }
            }
        }
    }
}

extension ByteWriter {
    fileprivate mutating func names(_ names: [Int32: String]) {
        dictionary(names) { (inner, number, name) in
            inner.integer(number)
            inner.string(name)
        }
    }

    fileprivate mutating func bucket(_ bucket: Bucket?) {
        guard let bucket else { return integer(UInt32(0)) }
        integer(UInt32(bucket.algorithm))
        integer(bucket.id.value)
        integer(bucket.type)
        integer(bucket.algorithm)
        integer(bucket.hash)
        integer(bucket.weight.raw)
        list(bucket.items) { $0.integer($1.value) }
        switch bucket.content {
        case .uniform(let itemWeight):
            integer(itemWeight.raw)
        case .list(let weights, let sums):
            for (weight, sum) in zip(weights, sums) {
                integer(weight.raw)
                integer(sum.raw)
            }
        case .tree(let nodeWeights):
            integer(UInt8(truncatingIfNeeded: nodeWeights.count))
            for weight in nodeWeights { integer(weight.raw) }
        case .straw(let weights, let straws):
            for (weight, straw) in zip(weights, straws) {
                integer(weight.raw)
                integer(straw)
            }
        case .straw2(let weights):
            for weight in weights { integer(weight.raw) }
        }
    }

    fileprivate mutating func rule(_ rule: Rule?) {
        guard let rule else { return integer(UInt32(0)) }
        integer(UInt32(1))
        count(rule.steps.count)
        integer(rule.ruleset)
        integer(rule.kind.rawValue)
        integer(rule.minimumSize)
        integer(rule.maximumSize)
        for step in rule.steps {
            integer(step.code)
            integer(step.first)
            integer(step.second)
        }
    }
}
