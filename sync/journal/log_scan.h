// What is in one of RocksDB's log files, read by ourselves: how far whole records go, and what
// comes behind the first place that is not one. RocksDB opens a damaged log without a word, up to
// the damage; this tells a commit that was cut off in its last moment (nobody was promised it) from
// damage to what was promised. Pure.
//
// The format (RocksDB's "Write Ahead Log File Format"): blocks of 32 KiB; in a block, fragments:
// masked CRC-32C of type and payload u32 | length u16 | type u8 | payload, all little endian. A
// commit is one fragment (full) or several (first, middle…, last). Fewer than seven bytes at the
// end of a block are padding. A log that was given its length beforehand ends in zeros. A commit's
// payload starts with the sequence number of its first row u64 and the number of its rows u32; the
// next commit starts where it ends, also in the next log.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace opora::sync {

inline constexpr std::size_t kLogBlockBytes = 32 * 1024;
inline constexpr std::size_t kLogHeaderBytes = 7;

struct LogScan {
  enum class End {
    kClean,    // whole records to the end, or to the zeros
    kTorn,     // a bad or cut record, and no record begins behind it
    kDamaged,  // a bad place, and a record that is whole begins behind it
  };
  End end = End::kClean;
  std::uint64_t whole_bytes = 0;           // where the last whole commit ends
  std::uint64_t bad_at = 0;                // not kClean: the first byte that is no whole commit
  std::uint64_t records = 0;               // whole commits in front of it
  std::optional<std::uint64_t> first_seq;  // of the first commit
  std::optional<std::uint64_t> next_seq;   // what the commit after the last must have
  std::string why;                         // not kClean: in words
};

LogScan scan_log(std::string_view file);

}  // namespace opora::sync
