// SPDX-License-Identifier: MIT

/** The same, without its helper process between. */
final class JdkVfork {
    private JdkVfork() {}

    public static void main(String[] arguments) throws Exception {
        System.setProperty("jdk.lang.Process.launchMechanism", "VFORK");
        Jdk.serve("JDK, vfork");
    }
}
