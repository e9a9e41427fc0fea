package org.jbuildkit.linux;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import org.jbuildkit.base.ByteName;

/**
 * Overlay mounts of many layers: each layer is told to the kernel by a call of its own, so a stack
 * is not bounded by the page that holds a mount's options. Linux 6.5 and later.
 *
 * @param layers lower directories, topmost first; relative ones are taken from the folder
 * @param upper the directory that takes changes, with its working directory
 * @param options further options of overlayfs with their values
 */
public record OverlayMount(
    List<String> layers, Optional<Upper> upper, SequencedMap<String, String> options) {
  /** More lower directories are refused by the kernel. */
  public static final int MAX_LAYERS = 500;

  private static final int CLOSE_ON_EXEC = 1;
  private static final int SET_STRING = 1;
  private static final int CREATE = 6;
  private static final int EMPTY_PATH = 4;
  private static final String LAYER = "lowerdir+";

  /** Where changes go. */
  public record Upper(String content, String work) {}

  public OverlayMount {
    layers = List.copyOf(layers);
    options = new LinkedHashMap<>(options);
  }

  /** Whether the kernel takes layers one by one. */
  public static boolean isSupported() {
    try (var frame = new Frame();
        var context = open(frame)) {
      set(frame, context, LAYER, "/");
      return true;
    } catch (LinuxException e) {
      return false;
    }
  }

  /** Mounts at an existing folder; done by a thread of its own, as its current folder matters. */
  public void mountIn(String folder, ByteName target) throws LinuxException, InterruptedException {
    Mounts.inFolder(
        folder,
        () -> {
          mount(target);
          return 0;
        });
  }

  private void mount(ByteName target) throws LinuxException {
    try (var frame = new Frame();
        var context = open(frame)) {
      set(frame, context, "source", "overlay");
      for (var layer : layers) {
        set(frame, context, LAYER, layer);
      }
      if (upper.isPresent()) {
        set(frame, context, "upperdir", upper.get().content());
        set(frame, context, "workdir", upper.get().work());
      }
      for (Map.Entry<String, String> option : options.entrySet()) {
        set(frame, context, option.getKey(), option.getValue());
      }
      frame.call(Call.FSCONFIG, target, context.number(), CREATE, 0, 0);
      long made = frame.call(Call.FSMOUNT, target, context.number(), CLOSE_ON_EXEC);
      try (var mount = new Fd((int) made, target)) {
        long empty = frame.text(ByteName.EMPTY);
        frame.call(
            Call.MOVE_MOUNT,
            target,
            mount.number(),
            empty,
            Dir.CWD,
            frame.text(target),
            EMPTY_PATH,
            0);
      }
    }
  }

  private static Fd open(Frame frame) throws LinuxException {
    var name = ByteName.ofText("overlay");
    return new Fd((int) frame.call(Call.FSOPEN, name, frame.text(name), CLOSE_ON_EXEC), name);
  }

  private static void set(Frame frame, Fd context, String key, String value) throws LinuxException {
    frame.call(
        Call.FSCONFIG,
        ByteName.ofText(value),
        context.number(),
        SET_STRING,
        frame.text(key),
        frame.text(value),
        0,
        0);
  }
}
