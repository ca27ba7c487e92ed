# Foreign libraries: KG_FOREIGN_<layer> is the list of targets that this layer alone may use
# (DESIGN, section 2: one wrapper per library). They are private to the layer: headers do not leak.
# A library that is missing is a warning until a layer with sources needs it; then the configure
# step ends and says what to run.
find_package(PkgConfig REQUIRED)

function(kg_foreign_pkg name)
    pkg_check_modules(${name} QUIET IMPORTED_TARGET GLOBAL ${name})
endfunction()
kg_foreign_pkg(jansson)
kg_foreign_pkg(libxxhash)
kg_foreign_pkg(sqlite3)
kg_foreign_pkg(libcrypto)
kg_foreign_pkg(libssl)
kg_foreign_pkg(cmocka)

# CRoaring of Debian 12 brings no pkg-config file.
find_library(KG_ROARING_LIB roaring)
find_path(KG_ROARING_INCLUDE roaring/roaring.h)
if(KG_ROARING_LIB AND KG_ROARING_INCLUDE)
    add_library(kg_foreign_roaring INTERFACE)
    target_link_libraries(kg_foreign_roaring INTERFACE "${KG_ROARING_LIB}")
    target_include_directories(kg_foreign_roaring SYSTEM INTERFACE "${KG_ROARING_INCLUDE}")
endif()

# DuckDB: header and shared object in one folder. The object is copied beside the executables,
# which find it through $ORIGIN, so a build folder can be moved.
set(KG_DUCKDB_DIR "${KG_DEPS_DIR}/duckdb")
if(DEFINED ENV{KINTSUGI_DUCKDB_DIR})
    set(KG_DUCKDB_DIR "$ENV{KINTSUGI_DUCKDB_DIR}")
endif()
if(EXISTS "${KG_DUCKDB_DIR}/duckdb.h" AND EXISTS "${KG_DUCKDB_DIR}/libduckdb.so")
    configure_file("${KG_DUCKDB_DIR}/libduckdb.so" "${CMAKE_BINARY_DIR}/libduckdb.so" COPYONLY)
    add_library(kg_foreign_duckdb INTERFACE)
    target_link_libraries(kg_foreign_duckdb INTERFACE "${CMAKE_BINARY_DIR}/libduckdb.so")
    target_include_directories(kg_foreign_duckdb SYSTEM INTERFACE "${KG_DUCKDB_DIR}")
endif()

# BLAKE3: the distribution's library where there is one, else its C sources, unpacked at set-up.
kg_foreign_pkg(libblake3)
set(blake3_dir "${KG_DEPS_DIR}/blake3")
if(NOT TARGET PkgConfig::libblake3 AND EXISTS "${blake3_dir}/blake3.c")
    set(blake3_sources blake3.c blake3_dispatch.c blake3_portable.c)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
        foreach(simd sse2 sse41 avx2 avx512)
            list(APPEND blake3_sources blake3_${simd}_x86-64_unix.S)
        endforeach()
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
        list(APPEND blake3_sources blake3_neon.c)
    endif()
    list(TRANSFORM blake3_sources PREPEND "${blake3_dir}/")
    add_library(kg_foreign_blake3 STATIC ${blake3_sources})
    target_include_directories(kg_foreign_blake3 SYSTEM PUBLIC "${blake3_dir}")
    target_compile_options(kg_foreign_blake3 PRIVATE -O3)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
        target_compile_definitions(kg_foreign_blake3 PRIVATE BLAKE3_USE_NEON=1)
    endif()
    set(KG_BLAKE3 kg_foreign_blake3)
else()
    set(KG_BLAKE3 PkgConfig::libblake3)
endif()

set(KG_FOREIGN_base PkgConfig::jansson PkgConfig::libxxhash kg_foreign_roaring)
set(KG_FOREIGN_io PkgConfig::libcrypto ${KG_BLAKE3})
set(KG_FOREIGN_meta PkgConfig::sqlite3)
set(KG_FOREIGN_engine kg_foreign_duckdb)
set(KG_FOREIGN_server PkgConfig::libssl PkgConfig::libcrypto)

# Give `layer` its foreign libraries, or end with what to do.
function(kg_link_foreign target layer)
    foreach(foreign IN LISTS KG_FOREIGN_${layer})
        if(NOT TARGET ${foreign})
            message(FATAL_ERROR "src/${layer} needs ${foreign}, which is missing: run ./dev setup")
        endif()
        target_link_libraries(${target} PRIVATE ${foreign})
    endforeach()
endfunction()
