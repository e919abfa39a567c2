# SPDX-License-Identifier: Apache-2.0
#
# What `make install` puts where: bin/corm, the headers, both libraries, and the files for pkg-config and find_package().

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(CORM_CMAKE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/Cormorant)

# The .pc file finds its prefix from where it stands, so that an installed tree can be moved.
file(RELATIVE_PATH CORM_PC_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" CORM_PC_PREFIX "${CORM_PC_PREFIX}")
set(CORM_PC_DL)
if(CMAKE_DL_LIBS)
	set(CORM_PC_DL -l${CMAKE_DL_LIBS})
endif()
configure_file(cmake/cormorant.pc.in cormorant.pc @ONLY)

configure_package_config_file(cmake/CormorantConfig.cmake.in CormorantConfig.cmake INSTALL_DESTINATION ${CORM_CMAKE_DIR})
# Before 1.0 a new minor number may change the interface.
write_basic_package_version_file(CormorantConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS cormorant_shared cormorant_static EXPORT CormorantTargets
	LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
	ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
	INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET corm)
	install(TARGETS corm EXPORT CormorantTargets RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
# Each driver: its two libraries and a .pc file.
foreach(name ${CORM_DRIVERS})
	set(CORM_DRIVER ${name})
	set(CORM_DRIVER_PACKAGE ${CORM_${name}_PACKAGE})
	configure_file(cmake/cormorant-driver.pc.in cormorant-${name}.pc @ONLY)
	install(TARGETS cormorant_${name}_shared cormorant_${name} EXPORT CormorantTargets
		LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
		ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
		INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
	install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cormorant-${name}.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endforeach()
install(FILES include/cormorant.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY include/cormorant DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(EXPORT CormorantTargets NAMESPACE Cormorant:: DESTINATION ${CORM_CMAKE_DIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/CormorantConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/CormorantConfigVersion.cmake
	cmake/CormorantGenerate.cmake DESTINATION ${CORM_CMAKE_DIR})
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/cormorant.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
