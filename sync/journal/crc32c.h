// CRC-32C (Castagnoli), the checksum of RocksDB's log records and of our own small files. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace opora::sync {

std::uint32_t crc32c(std::string_view bytes);
// Of `before` and `bytes` one after the other, when `crc` is that of `before`.
std::uint32_t crc32c_more(std::uint32_t crc, std::string_view bytes);

}  // namespace opora::sync
