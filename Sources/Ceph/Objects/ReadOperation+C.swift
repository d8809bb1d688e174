import CephShim
import Glibc
import Vocabulary

extension IOContext {
    /// Asks the object all questions of `read` at once. Throws `.notFound` for an object that does not exist.
    /// - Implements: rados_create_read_op, rados_aio_read_op_operate, rados_release_read_op
    public func perform(_ read: ReadOperation, on object: String) async throws(CephError) -> ReadResult {
        let call = try call("rados_aio_read_op_operate", object)
        try read.check(call)
        guard let answers = ReadAnswers() else { throw call.outOfMemory() }
        return try await perform(call) { context, completion in
            for step in read.steps { answers.ask(step) }
            return rados_aio_read_op_operate(answers.raw, context, completion, object, 0)
        } finish: { result throws(CephError) in
            try call.check(result)
            return try answers.collect(call)
        }
    }
}

extension ReadOperation {
    fileprivate func check(_ call: Call) throws(CephError) {
        guard !steps.isEmpty else { throw call.refused("the operation has no steps") }
        var asked = Set<String>()
        for step in steps {
            let question: String
            switch step {
            case .assertExists, .assertVersion, .compareOmap, .compareXattr: continue
            case .stat: question = "stat"
            case .read(_, let length):
                // OSDs read everything when they are asked for 0 bytes.
                guard length > 0 else { throw call.refused("length \(length) is not positive") }
                question = "read"
            case .omapValues: question = "omap"
            case .omapEntries(let after, let prefix, _):
                try call.refuseNUL(after, prefix)
                question = "omap"
            case .xattrs: question = "xattrs"
            case .execute(let name, let method, _):
                try call.refuseNUL(name, method)
                continue
            }
            guard asked.insert(question).inserted else { throw call.refused("\(question) is asked for twice") }
        }
    }
}

/// A `rados_read_op_t` with the places that librados writes its answers to. Both live until the callback.
private final class ReadAnswers: @unchecked Sendable {
    // Sendable: the submitting thread asks, the callback's thread collects, in that order.
    let raw: UnsafeMutableRawPointer
    private var size: CCell<UInt64>?
    private let modified = CCell<time_t>(0)
    private var data: CBuffer?
    private let dataCount = CCell<Int>(0)
    private let omap = CCell<UnsafeMutableRawPointer?>(nil)
    private let more = CCell<UInt8>(0)
    private let xattrs = CCell<UnsafeMutableRawPointer?>(nil)
    private var outputs: [Output] = []

    /// What a class method returns, in memory that librados allocates.
    private struct Output {
        let bytes = CCell<UnsafeMutablePointer<CChar>?>(nil)
        let count = CCell<Int>(0)
        let result = CCell<Int32>(0)
    }

    init?() {
        guard let raw = rados_create_read_op() else { return nil }
        self.raw = raw
    }

    deinit {
        // Frees memory, waits for nothing.
        if let iterator = omap.value { rados_omap_get_end(iterator) }
        if let iterator = xattrs.value { rados_getxattrs_end(iterator) }
        for output in outputs { rados_buffer_free(output.bytes.value) }
        rados_release_read_op(raw)
    }

    func ask(_ step: ReadOperation.Step) {
        switch step {
        case .assertExists:
            rados_read_op_assert_exists(raw)
        case .assertVersion(let version):
            rados_read_op_assert_version(raw, version)
        case .compareOmap(let key, let comparison, let value):
            Array(key.utf8).withCharacters { keyBytes, keyCount in
                value.withCharacters {
                    rados_read_op_omap_cmp2(raw, keyBytes, comparison.rawValue, $0, keyCount, $1, nil)
                }
            }
        case .compareXattr(let name, let comparison, let value):
            value.withCharacters { rados_read_op_cmpxattr(raw, name, comparison.rawValue, $0, $1) }
        case .stat:
            let size = CCell<UInt64>(0)
            self.size = size
            rados_read_op_stat(raw, size.pointer, modified.pointer, nil)
        case .read(let offset, let length):
            let data = CBuffer(count: length)
            self.data = data
            rados_read_op_read(raw, offset, length, data.characters, dataCount.pointer, nil)
        case .omapValues(let keys):
            PackedStrings(keys.map { Array($0.utf8) }).withPointers {
                rados_read_op_omap_get_vals_by_keys2(raw, $0, $2, $1, omap.pointer, nil)
            }
        case .omapEntries(let after, let prefix, let limit):
            rados_read_op_omap_get_vals2(raw, after, prefix, limit, omap.pointer, more.pointer, nil)
        case .xattrs:
            rados_read_op_getxattrs(raw, xattrs.pointer, nil)
        case .execute(let name, let method, let input):
            let output = Output()
            outputs.append(output)
            input.withCharacters {
                rados_read_op_exec(
                    raw, name, method, $0, $1, output.bytes.pointer, output.count.pointer, output.result.pointer)
            }
        }
    }

    /// - Implements: rados_omap_get_next2, rados_omap_get_end, rados_getxattrs_next, rados_getxattrs_end,
    ///   rados_buffer_free
    func collect(_ call: Call) throws(CephError) -> ReadResult {
        var result = ReadResult()
        if let size { result.stat = ObjectStat(size: ByteCount(size.value), modified: Int64(modified.value)) }
        if let data { result.data = data.prefix(dataCount.value) }
        if let iterator = omap.value {
            result.omap = try omapEntries(iterator, call)
            result.hasMoreOmap = more.value != 0
        }
        if let iterator = xattrs.value { result.xattrs = try collectXattrs(iterator, call) }
        result.outputs = outputs.map { output in
            Array(UnsafeRawBufferPointer(start: output.bytes.value, count: output.count.value))
        }
        return result
    }
}

/// What an omap iterator holds.
private func omapEntries(
    _ iterator: UnsafeMutableRawPointer, _ call: Call
) throws(CephError) -> [OmapEntry] {
    var entries: [OmapEntry] = []
    while true {
        var key: UnsafeMutablePointer<CChar>?
        var value: UnsafeMutablePointer<CChar>?
        var keyCount = 0
        var valueCount = 0
        try call.check(rados_omap_get_next2(iterator, &key, &value, &keyCount, &valueCount))
        guard let key else { return entries }
        entries.append(
            OmapEntry(
                key: String(decoding: UnsafeRawBufferPointer(start: key, count: keyCount), as: UTF8.self),
                value: Array(UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : valueCount))))
    }
}

/// What an iterator over extended attributes holds.
func collectXattrs(
    _ iterator: UnsafeMutableRawPointer, _ call: Call
) throws(CephError) -> [String: [UInt8]] {
    var attributes: [String: [UInt8]] = [:]
    while true {
        var name: UnsafePointer<CChar>?
        var value: UnsafePointer<CChar>?
        var count = 0
        try call.check(rados_getxattrs_next(iterator, &name, &value, &count))
        guard let name else { return attributes }
        attributes[String(cString: name)] = Array(
            UnsafeRawBufferPointer(start: value, count: value == nil ? 0 : count))
    }
}
