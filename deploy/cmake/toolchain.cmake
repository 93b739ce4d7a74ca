# Warnings, sanitizers, ccache and a fast linker: the same for every target.
find_program(OPORA_CCACHE ccache)
if(OPORA_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Paths inside the tree are hashed relative to it: another checkout finds the same objects.
  set(launcher ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${OPORA_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
find_program(OPORA_MOLD mold)
if(OPORA_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# -fno-omit-frame-pointer: profiles and sanitizer reports need the stack.
add_compile_options(-Wall -Wextra -Wpedantic -Werror -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
                    -fno-omit-frame-pointer)
# Binaries name files as the tree does (in checks, logs and debug information), wherever they were built.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees uninitialised parts in moves of std::variant that clang-tidy and valgrind do not.
  add_compile_options(-Wno-maybe-uninitialized)
endif()
if(OPORA_SANITIZE)
  add_compile_options(-fsanitize=${OPORA_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OPORA_SANITIZE})
endif()

if(OPORA_FUZZ)
  # libFuzzer steers by the coverage of the code under test, so all of it reports.
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()

# opora_library(NAME SOURCES… [LINK …]): a static library of one folder. Every .cc in the folder, in a fixed order.
function(opora_library name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")  # of the executables beside it
  if(NOT sources)
    message(STATUS "${name}: no sources yet")
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/generated)
  target_link_libraries(${name} PUBLIC ${ARG_LINK})
endfunction()
