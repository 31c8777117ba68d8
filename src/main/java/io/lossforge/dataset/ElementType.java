package io.lossforge.dataset;

import java.nio.ByteBuffer;

/** Types of numbers in files. */
enum ElementType {
    BOOL(1, true) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.get(at) == 0 ? 0 : 1;
        }
    },
    UINT8(1, true) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.get(at) & 0xff;
        }
    },
    INT8(1, true) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.get(at);
        }
    },
    UINT16(2, true) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.getShort(at) & 0xffff;
        }
    },
    INT16(2, true) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.getShort(at);
        }
    },
    UINT32(4, true) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.getInt(at) & 0xffffffffL;
        }
    },
    INT32(4, true) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.getInt(at);
        }
    },
    UINT64(8, true) {
        @Override
        double read(ByteBuffer from, int at) {
            long value = from.getLong(at);
            return value >= 0 ? value : value + 0x1p64;
        }
    },
    INT64(8, true) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.getLong(at);
        }
    },
    FLOAT32(4, false) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.getFloat(at);
        }
    },
    FLOAT64(8, false) {
        @Override
        double read(ByteBuffer from, int at) {
            return from.getDouble(at);
        }
    };

    /** Of one number. */
    final int bytes;

    final boolean isWhole;

    ElementType(int bytes, boolean isWhole) {
        this.bytes = bytes;
        this.isWhole = isWhole;
    }

    /** The number at a byte offset, in the buffer's order. */
    abstract double read(ByteBuffer from, int at);
}
