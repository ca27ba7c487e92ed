# Compiler flags of our own code, as the interface target kg_flags.
add_library(kg_flags INTERFACE)
target_include_directories(kg_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_definitions(kg_flags INTERFACE _GNU_SOURCE)
target_compile_options(kg_flags INTERFACE
    $<$<COMPILE_LANGUAGE:C>:-Wall;-Wextra;-Wconversion;-Wshadow;-Wcast-qual;-Wformat=2;-Wvla>
    $<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>
    -fno-omit-frame-pointer -ffunction-sections -fdata-sections
    "-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=")
target_link_libraries(kg_flags INTERFACE Threads::Threads m)
target_link_options(kg_flags INTERFACE -Wl,--gc-sections)
if(KG_WERROR)
    target_compile_options(kg_flags INTERFACE -Werror)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "RelWithDebInfo" AND NOT KG_SANITIZE)
    target_compile_options(kg_flags INTERFACE -fstack-protector-strong)
endif()

# Sanitizers go to foreign C sources (BLAKE3) too, so they are set for the whole tree.
if(KG_SANITIZE STREQUAL "address")
    set(sanitize -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(KG_SANITIZE STREQUAL "thread")
    set(sanitize -fsanitize=thread)
elseif(KG_SANITIZE)
    message(FATAL_ERROR "KG_SANITIZE is '${KG_SANITIZE}', expected address or thread")
endif()
if(KG_SANITIZE)
    add_compile_options(${sanitize})
    add_link_options(${sanitize})
endif()
if(KG_FUZZ)
    if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
        message(FATAL_ERROR "KG_FUZZ needs clang: configure with -DCMAKE_C_COMPILER=clang")
    endif()
    add_compile_options(-fsanitize=fuzzer-no-link)
endif()
